"""Things somebody promised to do, wherever they arose: one table, one verification rule."""
