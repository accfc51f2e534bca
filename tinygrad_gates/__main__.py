"""`python -m tinygrad_gates` is the `tinygrad-gates` command."""

import sys

from .cli import main

if __name__ == "__main__":
    sys.exit(main())
