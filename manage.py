#!/usr/bin/env python
"""Django's command line for the portal; brings its own servers when DATABASE_URL is unset."""

import os
import sys

from django.core.management import execute_from_command_line

from liaison import embedded

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liaison.settings")
    # A command may work for longer than a page.
    os.environ.setdefault("DATABASE_TIMEOUTS", "0")
    with embedded.one_sentence(), embedded.servers():
        execute_from_command_line(sys.argv)
