"""Prints the schema that the models describe, for one dialect: the starting point of a new migration.

python tools/schema.py sqlite|postgresql
"""

import asyncio
import re
import sys

from tortoise.connection import get_connection
from tortoise.utils import get_schema_sql

from fedinote.bootstrap import MODELS
from fedinote.infra.orm import init_models


async def schema(dialect: str) -> str:
    """Return the DDL, without comments on tables."""
    await init_models("sqlite" if dialect == "sqlite" else "postgresql", MODELS)
    sql = get_schema_sql(get_connection("default"), False)
    sql = re.sub(r"^COMMENT ON .*\n?", "", sql, flags=re.MULTILINE)
    return re.sub(r" /\*.*?\*/", "", sql, flags=re.DOTALL).strip() + "\n"


if __name__ == "__main__":
    print(asyncio.run(schema(sys.argv[1])), end="")
