"""What the client API takes and answers, as tables: kinds and entities, and a line for each route.

`openapi` makes the published document from them and from the table of routes.
"""
