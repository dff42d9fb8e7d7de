# What the scripts share: where the project is, and that the machine has what it takes.
# Sourced, not run.

set -euo pipefail
project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$project"

# Debian packages that the build links against, as "package:file that shows it is there".
packages=(
    "libcurl4-openssl-dev:/usr/bin/curl-config"
    "libsimdjson-dev:/usr/include/simdjson.h"
    "libsqlite3-dev:/usr/include/sqlite3.h"
    "zlib1g-dev:/usr/include/zlib.h"
    "libpq-dev:/usr/include/postgresql/libpq-fe.h"
)

# What the tests of the live mirror take besides: a server that they start and stop themselves.
postgres_packages=(
    "postgresql:/usr/lib/postgresql/15/bin/postgres"
    "python3-psycopg2:/usr/lib/python3/dist-packages/psycopg2/__init__.py"
)

# What the tests in a browser take besides.
browser_packages=(
    "chromium:/usr/bin/chromium"
    "chromium-driver:/usr/bin/chromedriver"
    "python3-selenium:/usr/lib/python3/dist-packages/selenium/__init__.py"
    "python3-venv:/usr/lib/python3.11/ensurepip/__init__.py"
)

# Debian's Python with axe-core beside Debian's Selenium, in .build/browser.
browser_python() {
    [ -x .build/browser/bin/python ] ||
        /usr/bin/python3 -m venv --system-site-packages .build/browser
    .build/browser/bin/pip install --quiet --disable-pip-version-check --require-hashes --no-deps \
        -r Tests/Browser/requirements.txt
}

# Debian's Python with Stripe's own client, in .build/lab.
lab_python() {
    [ -x .build/lab/bin/python ] || /usr/bin/python3 -m venv .build/lab
    .build/lab/bin/pip install --quiet --disable-pip-version-check --require-hashes --no-deps \
        -r Tests/Lab/requirements.txt
}

fail() {
    printf '%s\n' "$*" >&2
    exit 69
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

install_packages() {
    local missing=()
    local entry
    for entry in "${packages[@]}"; do
        [ -e "${entry#*:}" ] || missing+=("${entry%%:*}")
    done
    [ ${#missing[@]} -eq 0 ] && return
    command -v apt-get >/dev/null || fail "install these Debian packages or their like: ${missing[*]}"
    echo "installing ${missing[*]}"
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}" >/dev/null
}

require_swift() {
    command -v swift >/dev/null || fail "Swift 6.2 or later is not on the path.
Get it from https://www.swift.org/install/linux/ (for Debian 12), unpack it and put its usr/bin
first on the PATH; or use swiftly: https://www.swift.org/swiftly/."
    local version
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\)\.\([0-9]*\).*/\1 \2/p' | head -1)
    local major=${version% *}
    local minor=${version#* }
    if [ -z "$version" ] || [ "$major" -lt 6 ] || { [ "$major" -eq 6 ] && [ "$minor" -lt 2 ]; }; then
        fail "Swift 6.2 or later is needed; this one says: $(swift --version 2>&1 | head -1)"
    fi
}

prepare() {
    require_swift
    install_packages
}
