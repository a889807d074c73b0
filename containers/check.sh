#!/bin/sh
# Builds the image and looks inside: who runs, what is missing on purpose, whether a paper can be made, and whether the
# web process answers.
#
#   sh containers/check.sh [arguments for the build]
#
# It needs buildah and no container engine. As root everything inside runs as docker-compose.yml has it run: nothing can
# be written but a /tmp in memory and the folder of the files, and there are no capabilities. As somebody else, with user
# namespaces, it runs as buildah runs it. IMAGE=portal:1.0 looks into an image that is there already. With DATABASE_URL,
# MIGRATE_DATABASE_URL and REDIS_URL of empty servers in the environment it also makes the tables and a schedule of
# their standards, asks /readyz, and has both workers and the clock answer.
set -eu
cd "$(dirname "$0")/.."
image="${IMAGE:-portal:check}"
if [ -z "${IMAGE:-}" ]; then
    buildah bud --format docker --tag "$image" "$@" .
fi

container=$(buildah from --pull-never "$image")
running='' how=TERM
said_behind=$(mktemp) files=$(mktemp -d) values=$(mktemp)
finish() {
    # shellcheck disable=SC2086
    [ -z "$running" ] || kill "-$how" $running 2>/dev/null || true
    wait
    buildah rm "$container" > /dev/null
    rm -rf "$said_behind" "$files" "$values"
}
trap finish EXIT
trap 'exit 1' INT TERM

# Invented values: enough to start with, and good for nothing else.
key=$(head -c 32 /dev/urandom | base64 | tr '+/' '-_')
given() {
    cat <<END
SECRET_KEY=check-$key-$key
FIELD_ENCRYPTION_KEY=$key
ALLOWED_HOSTS=portal.example.org
PORTAL_BASE_URL=https://portal.example.org
DEFAULT_FROM_EMAIL=portal@example.org
EMAIL_URL=${EMAIL_URL:-smtp://127.0.0.1:2525}
REDIS_URL=${REDIS_URL:-redis://127.0.0.1:6379/0}
DATABASE_URL=${DATABASE_URL:-postgres://portal_web@127.0.0.1:5432/portal}
MIGRATE_DATABASE_URL=${MIGRATE_DATABASE_URL:-}
END
}
given > "$values"
user=$(buildah inspect --type image --format '{{.OCIv1.Config.User}}' "$image")
if [ "$(id -u)" = 0 ]; then
    root=$(buildah mount "$container")
    buildah inspect --type image --format '{{range .OCIv1.Config.Env}}{{println .}}{{end}}' "$image" | sed '/^$/d' >> "$values"
    chown "$user" "$files"
    # unshare heeds nothing less, and takes everything inside along.
    how=KILL
    # The mounts are this command's own, and end with it. Without a new session nothing inside reaches our terminal.
    enter() {
        exec setsid unshare --mount --pid --fork sh -euc '
            root=$1 files=$2 user=$3 values=$4; shift 4
            mount --bind "$root" "$root"
            mount -o remount,bind,ro "$root"
            mount -t proc proc "$root/proc"
            mount --rbind /dev "$root/dev"
            mount -t tmpfs -o mode=1777,size=512m,noexec,nosuid,nodev tmpfs "$root/tmp"
            mount --bind "$files" "$root/var/lib/portal"
            exec chroot "$root" setpriv --reuid "${user%:*}" --regid "${user#*:}" --clear-groups --no-new-privs \
                --inh-caps=-all --bounding-set=-all --pdeathsig KILL env -i -C /opt/portal $(cat "$values") "$@"
        ' sh "$root" "$files" "$user" "$values" "$@"
    }
else
    enter() {
        # shellcheck disable=SC2046
        exec buildah run $(sed 's/^/--env /' "$values") "$container" -- "$@"
    }
fi
inside() ( enter "$@" )
well() { echo "ok    $*"; }
bad() { cat "$said_behind" >&2; echo "WRONG $*" >&2; exit 1; }

[ "$user $(inside id -u)" = "10001:10001 10001" ] || bad "it runs as $user, $(inside id)"
well "runs as $(inside id)"

found=$(inside sh -c 'for tool in gcc cc ld make pip pip3 npm node; do command -v $tool || true; done')
[ -z "$found" ] || bad "there are tools inside: $found"
well "no compiler and no package installer of Python or Node.js inside"

found=$(inside find /opt/portal ! -type l \( ! -user root -o -perm /022 \) -print -quit)
[ -z "$found" ] || bad "it may write to its own code: $found"
well "may not write to its own code"
if [ -n "${root:-}" ]; then
    inside sh -c 'for place in / /opt/portal /etc /usr /var/tmp /run /home; do ! touch "$place/x" 2>/dev/null; done' ||
        bad "its file system is not read-only"
    inside touch /tmp/x /var/lib/portal/x || bad "it cannot write where it must"
    well "nothing can be written but /tmp and the folder of the files"
fi

inside python -c 'import psycopg2, psycopg2.extensions as e; print("ok    psycopg2", psycopg2.__version__, "on the libpq of the system,", e.libpq_version())'
inside sh -c 'ls -d /opt/portal/.venv/lib/python3*/site-packages/psycopg2_binary*' > /dev/null 2>&1 && bad "psycopg2-binary is inside"

inside python manage.py check --deploy --fail-level WARNING
well "check --deploy"

# In a process of its own, as web and worker lay papers out, and with a picture and a letter outside of Latin 1.
inside python - <<'END' || bad "no paper could be made"
import django
django.setup()
from design import pdf
html = "<!doctype html><html lang='en-GB'><title>A paper</title><h1>Łódź ✓</h1><svg viewBox='0 0 9 9'><circle r='4'/></svg>"
content = pdf.render(html, title="A paper", apart=True)
assert content.startswith(b"%PDF-") and b"/FontFile" in content or len(content) > 5000, len(content)
print("ok    a paper of", len(content), "bytes")
END

if [ -n "${MIGRATE_DATABASE_URL:-}" ]; then
    inside python manage.py migrate --noinput --verbosity 0
    well "the tables are made"
    inside python - <<'END' || bad "no schedule could be made"
import django
django.setup()
from django.utils import timezone
from assurance.contract_schedule import schedule_of
from assurance.schedule_files import schedule_pdf
from framework.models import FrameworkVersion
from framework.reading import whole
from providers.models.organisations import Tier
edition = whole(FrameworkVersion.objects.order_by("-valid_from")[0])
schedule = schedule_of(edition, Tier.FULL, None, on=timezone.localdate())
content = schedule_pdf(schedule, at=timezone.now(), demonstration=False)
assert content.startswith(b"%PDF-") and schedule.count > 90, (len(content), schedule.count)
print("ok    the schedule of", schedule.count, "criteria:", len(content), "bytes")
END
fi

# `enter` and not `inside`: it becomes what runs inside, and stopping that stops it.
behind() {
    enter "$@" > "$said_behind" 2>&1 &
    running="$running $!"
}
until_well() {
    tries=0
    until said=$(inside python -m launcher.alive "$@"); do
        tries=$((tries + 1))
        [ "$tries" -lt 30 ] || bad "$* does not answer: $said"
        sleep 2
    done
}

behind gunicorn --config launcher/gunicorn_settings.py --bind 0.0.0.0:8000 --graceful-timeout 5 \
    assurance_portal.wsgi:application
until_well web
well "/healthz answers from inside: $said"

if [ -n "${MIGRATE_DATABASE_URL:-}" ]; then
    # A mail server that is away leaves the portal not ready; the rest has to be there.
    said=$(inside python -m launcher.alive ready || true)
    for part in database "job queue" "file store"; do
        case "$said" in *"\"$part\": \"up\""*) ;; *) bad "/readyz: $said" ;; esac
    done
    well "/readyz: $said"
    set -- --quiet -A assurance_portal.celery
    for worker in general pdf; do
        queues=default,mail,scan
        [ "$worker" = general ] || queues=pdf
        behind celery "$@" worker --loglevel WARNING --without-gossip --without-mingle --without-heartbeat \
            -n "$worker@%h" -Q "$queues" -c 1
        until_well worker "$worker"
        well "the worker $worker answers over the queue"
    done
    inside sh -c 'timeout 10 "$@" beat --schedule /tmp/beat-schedule --pidfile= || true
        python -m launcher.alive beat /tmp/beat-schedule' sh celery "$@" > "$said_behind" 2>&1 || bad "the clock has not begun"
    well "$(tail -1 "$said_behind")"
fi

echo "ok    size: $(buildah images --format '{{.Size}}' "$image")"
