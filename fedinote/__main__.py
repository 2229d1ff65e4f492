"""The command `fedinote`, and `python -m fedinote`."""

from fedinote.cli.main import main

if __name__ == "__main__":
    main()
