"""What stands behind ./portal: the environment, the embedded servers, the process tree. Standard library only.

Nothing here imports Django or anything else that must first be installed; `gunicorn_settings` and
`mail_sink` are the exceptions, because they run as children under the project's own Python.
"""
