#!/bin/sh
# Makes .venv and installs the pinned requirements. Does nothing when .venv is current.
# Exit code 3: something must be installed by hand first; the message says what.
set -eu
cd "$(dirname "$0")/.."

stamp=.venv/.jenjang
current="$(pwd) $(cat deploy/requirements.txt pyproject.toml deploy/bootstrap.sh | cksum)"
if [ "$(cat "$stamp" 2>/dev/null)" = "$current" ] && .venv/bin/python -c '' 2>/dev/null; then
    exit 0
fi

say() { printf '%s\n' "$@" >&2; }
stop() { say "$@"; exit 3; }

find_uv() {
    # A version manager may leave a stub on PATH that answers nothing: ask before trusting.
    for uv in uv .cache/tools/bin/uv; do
        if "$uv" --version >/dev/null 2>&1; then return 0; fi
    done
    return 1
}

get_uv() {
    say "Mengambil alat pemasang uv ke .cache/tools … / Getting the installer uv into .cache/tools …"
    if ! python3 -m pip --version >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
        apt-get install -y python3-pip >/dev/null 2>&1 || true
    fi
    PIP_ROOT_USER_ACTION=ignore PIP_DISABLE_PIP_VERSION_CHECK=1 \
        python3 -m pip install --quiet --upgrade --target .cache/tools uv >&2 || true
    find_uv || stop "uv tidak dapat dipasang. Jalankan baris ini, lalu ulangi:" \
        "uv could not be installed. Run this line, then try again:" "    apt-get install -y python3-pip"
}

make_venv() {
    rm -rf .venv
    "$uv" venv --quiet --python '>=3.11' .venv || stop \
        "Python 3.11 atau lebih baru tidak ditemukan di mesin ini; pasang dahulu, lalu ulangi." \
        "There is no Python 3.11 or newer on this machine; install one, then try again."
}

install() {
    "$uv" pip install --quiet --python .venv/bin/python "$@" || stop \
        "Pemasangan paket gagal; sebabnya tertulis di atas. / Installing the packages failed; the cause is above."
}

export UV_PYTHON_DOWNLOADS=never
find_uv || get_uv
say "Menyiapkan .venv … / Preparing .venv …"
# The scripts in .venv name their folder: after a move it is made afresh.
case "$(cat "$stamp" 2>/dev/null)" in
    "$(pwd) "*) .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || make_venv ;;
    *) make_venv ;;
esac
install --require-hashes -r deploy/requirements.txt
install --no-deps --no-build-isolation --editable .
printf '%s\n' "$current" >"$stamp"
