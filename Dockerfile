# The portal as one image: the web process, both workers, the clock and the migration differ in their command only.
#
#   docker build --tag portal:1.0 .          (podman build and buildah build take the same file)
#
# Where there is no direct way to Debian, PyPI or npm, a mirror and its certificate are passed as build secrets
# named apt, pip, npm and certificates (docs/operations.md); nothing of them stays in the image.

ARG BASE_IMAGE=docker.io/library/debian:bookworm-slim

# --- Other people's style sheets and scripts -----------------------------------------------------------------------
# hadolint ignore=DL3006
FROM ${BASE_IMAGE} AS front-end
SHELL ["/bin/sh", "-eu", "-c"]
# hadolint ignore=DL3008
RUN --mount=type=secret,id=apt --mount=type=secret,id=certificates \
    if [ -f /run/secrets/apt ]; then export APT_CONFIG=/run/secrets/apt; fi; \
    apt-get -q update; \
    apt-get -q install -y --no-install-recommends python3 python3-venv; \
    rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY launcher/node.txt launcher/node.txt
RUN --mount=type=secret,id=pip --mount=type=secret,id=certificates \
    python3 -m venv /opt/node; \
    PIP_CONFIG_FILE=/run/secrets/pip /opt/node/bin/python -m pip install --quiet --no-cache-dir \
        --disable-pip-version-check --require-hashes --requirement launcher/node.txt
COPY package.json package-lock.json .npmrc ./
COPY launcher launcher
RUN --mount=type=secret,id=npm --mount=type=secret,id=certificates \
    export NPM_CONFIG_GLOBALCONFIG=/run/secrets/npm PATH="/opt/node/bin:$PATH"; \
    mkdir -p var/build/static; \
    python3 -c "from launcher import assets, places; assets.build(places.ROOT, places.VAR / 'build' / 'static')"; \
    rm -rf var/build/static/vendor/axe

# --- Python packages, psycopg2 compiled from its source, and the gathered static files ------------------------------
# hadolint ignore=DL3006
FROM ${BASE_IMAGE} AS build
SHELL ["/bin/sh", "-eu", "-c"]
# hadolint ignore=DL3008
RUN --mount=type=secret,id=apt --mount=type=secret,id=certificates \
    if [ -f /run/secrets/apt ]; then export APT_CONFIG=/run/secrets/apt; fi; \
    apt-get -q update; \
    apt-get -q install -y --no-install-recommends gcc libc6-dev libpq-dev python3 python3-dev python3-venv; \
    rm -rf /var/lib/apt/lists/*
WORKDIR /opt/portal
COPY requirements-production.txt ./
COPY containers/build.txt containers/build.txt
# What builds psycopg2 is locked too: without build isolation pip uses it, instead of fetching tools without a hash.
RUN --mount=type=secret,id=pip --mount=type=secret,id=certificates \
    export PIP_CONFIG_FILE=/run/secrets/pip PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_QUIET=1; \
    python3 -m venv .venv; \
    .venv/bin/python -m pip install --require-hashes --requirement containers/build.txt; \
    .venv/bin/python -m pip install --require-hashes --no-build-isolation --no-binary psycopg2 \
        --requirement requirements-production.txt; \
    .venv/bin/python -m pip uninstall --yes wheel setuptools pip
COPY . .
COPY --from=front-end /build/var/build/static var/build/static
# The settings are production's, so that the manifest is too; these values are needed to start and are kept nowhere.
RUN export DJANGO_SETTINGS_MODULE=assurance_portal.settings.production PORTAL_DATA=/tmp/portal \
        SECRET_KEY=none FIELD_ENCRYPTION_KEY=none ALLOWED_HOSTS=none DEFAULT_FROM_EMAIL=none PORTAL_BASE_URL=none \
        DATABASE_URL=postgres://none/none REDIS_URL=redis://none EMAIL_URL=smtp://none; \
    .venv/bin/python manage.py collectstatic --noinput --verbosity 0 --ignore django_htmx; \
    .venv/bin/python -m compileall -q -x '[.]venv' .; \
    chmod -R a+rX,go-w .

# --- What runs ------------------------------------------------------------------------------------------------------
# hadolint ignore=DL3006
FROM ${BASE_IMAGE}
ARG VERSION=1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Safeguarding assurance portal" \
      org.opencontainers.image.description="Safeguarding assurance between NHS commissioners and their providers" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
SHELL ["/bin/sh", "-eu", "-c"]
# hadolint ignore=DL3008
RUN --mount=type=secret,id=apt --mount=type=secret,id=certificates \
    if [ -f /run/secrets/apt ]; then export APT_CONFIG=/run/secrets/apt; fi; \
    apt-get -q update; \
    apt-get -q install -y --no-install-recommends \
        ca-certificates libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 libpq5 python3 tzdata; \
    rm -rf /var/lib/apt/lists/*; \
    groupadd --system --gid 10001 portal; \
    useradd --system --uid 10001 --gid portal --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin portal; \
    install -d -o portal -g portal -m 0750 /var/lib/portal
COPY --from=build /opt/portal /opt/portal
WORKDIR /opt/portal
ENV DJANGO_SETTINGS_MODULE=assurance_portal.settings.production \
    PORTAL_DATA=/var/lib/portal \
    PATH=/opt/portal/.venv/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    XDG_CACHE_HOME=/tmp/cache
USER 10001:10001
EXPOSE 8000
# gunicorn finishes the requests it has; Celery finishes the task it has.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 \
    CMD ["python", "-m", "launcher.alive", "web"]
CMD ["gunicorn", "--config", "launcher/gunicorn_settings.py", "--bind", "0.0.0.0:8000", "--graceful-timeout", "30", "assurance_portal.wsgi:application"]
