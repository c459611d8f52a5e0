# What ./muse and ./test share: installing what is missing, and building once. To be sourced by bash, with $root set to
# the repository. Everything it says goes to stderr, since stdout is the command's.

# The SDK stops where it finds no ICU library, which a bare Debian has not; nothing here needs one.
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
[ -n "${HOME:-}" ] || export HOME=$root/.build/home

say() { echo "$*" >&2; }
die() { say "$0: $*"; exit 1; }

# need_dotnet: stops unless a .NET 10 SDK is there.
need_dotnet() {
  local help='install the .NET 10 SDK: https://dotnet.microsoft.com/download/dotnet/10.0'
  command -v dotnet >/dev/null 2>&1 || die "there is no dotnet: $help"
  dotnet --list-sdks 2>/dev/null | grep -q '^10\.' || die "dotnet has no SDK of version 10: $help"
}

# need_packages [sentencepiece] [servers] [browser] [pytorch]: installs with apt what is missing, found by the files themselves, which takes no time.
need_packages() {
  local packages=() why=() need
  if [ -z "${LIBTORCH:-}" ]; then
    [ -f /usr/include/ATen/ATen.h ] || [ -f /usr/local/include/ATen/ATen.h ] || { packages+=(libtorch-dev); why+=('libtorch-dev: the tensor library'); }
    compgen -G '/usr/lib/*/openblas-openmp/libblas.so.3' >/dev/null || { packages+=(libopenblas0-openmp); why+=('libopenblas0-openmp: fast matrix products'); }
  fi
  command -v "${CXX:-g++}" >/dev/null 2>&1 || { packages+=(g++); why+=('g++: compiles the binding to libtorch'); }
  for need in "$@"; do
    case $need in
      sentencepiece)
        command -v spm_train >/dev/null 2>&1 || { packages+=(sentencepiece); why+=('sentencepiece: learns vocabularies, and checks the tokenizer'); }
        ;;
      servers)
        compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || { packages+=(postgresql); why+=('postgresql: tests the ledger'); }
        [ -x /usr/sbin/rabbitmq-server ] || { packages+=(rabbitmq-server); why+=('rabbitmq-server: tests the mesh'); }
        command -v npm >/dev/null 2>&1 || { packages+=(npm); why+=('npm: installs azurite, which tests the artifact stores'); }
        ;;
      browser)
        [ -x /usr/bin/chromium ] || { packages+=(chromium); why+=('chromium: tests the page'); }
        ;;
      pytorch)
        compgen -G '/usr/lib/python3/dist-packages/torch/_C.*.so' >/dev/null || { packages+=(python3-torch); why+=('python3-torch: what aMUSEd is compared with'); }
        ;;
    esac
  done
  [ ${#packages[@]} -eq 0 ] || install "${why[*]}" "${packages[@]}"
}

# need_azurite: installs Azurite, which stands in for Azure's blob storage in tests, unless it is there.
need_azurite() { need_npm azurite 3.35.0 'tests the artifact stores'; }

# need_openai: installs OpenAI's client for JavaScript, which tests the HTTP API, unless it is there.
need_openai() { need_npm openai 7.57.0 'tests the HTTP API'; }

# need_npm PACKAGE VERSION WHY: installs a package of npm into .build/PACKAGE, unless it is there.
need_npm() {
  local package=$1 version=$2 folder=$root/.build/$1 log=$root/.build/npm.log new
  ! grep -qs "\"version\": \"$version\"" "$folder/node_modules/$package/package.json" || return 0
  say "installing with npm: $package $version: $3"
  mkdir -p "$root/.build"
  new=$(mktemp -d "$root/.build/$package.XXXXXX")
  npm install --prefix "$new" --no-audit --no-fund --no-update-notifier --loglevel=error "$package@$version" </dev/null >"$log" 2>&1 ||
    { tail -n 20 "$log" >&2; rm -rf "$new"; die "npm could not install $package@$version"; }
  # Whole or not at all, and only one of two that install at once.
  rm -rf "$folder"
  mv -T "$new" "$folder" 2>/dev/null || rm -rf "$new"
}

install() {
  local why=$1 log=$root/.build/apt.log
  shift
  command -v apt-get >/dev/null 2>&1 || die "missing: $* ($why). There is no apt-get here: install them by hand, or set LIBTORCH to an unpacked libtorch."
  local as=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null 2>&1 || die "missing: $* ($why). Run as root: apt-get install $*"
    as=(sudo)
    # Without a terminal nobody could type a password.
    [ -t 0 ] || as+=(-n)
  fi
  local apt=("${as[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -y -q -o DPkg::Lock::Timeout=300)
  say "installing with apt: $why"
  mkdir -p "$root/.build"
  : >"$log"
  (
    # Debian starts a server as it installs it, unless a policy says no. The tests run theirs on ports of their own.
    policy=/usr/sbin/policy-rc.d
    if [[ " $* " =~ " postgresql "|" rabbitmq-server " ]] && [ ! -e $policy ]; then
      trap '"${as[@]}" rm -f $policy' EXIT
      printf '#!/bin/sh\nexit 101\n' | "${as[@]}" tee $policy >/dev/null
      "${as[@]}" chmod 755 $policy
    fi
    compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null || "${apt[@]}" update >>"$log" 2>&1 || true
    # The lists may be old, or the network may have failed once.
    "${apt[@]}" install --no-install-recommends "$@" >>"$log" 2>&1 ||
      { "${apt[@]}" update >>"$log" 2>&1; sleep 3; "${apt[@]}" install --no-install-recommends "$@" >>"$log" 2>&1; }
  ) || { tail -n 20 "$log" >&2; die "apt-get could not install: $*"; }
}

# with_orleans: prints true where Orleans' packages can be restored, else false. Found out once, by restoring a project that
# needs them, and remembered for these versions; the variable WithOrleans, which MSBuild reads too, says otherwise.
with_orleans() {
  [ -z "${WithOrleans:-}" ] || { echo "$WithOrleans"; return; }
  local known=$root/.build/orleans probe=$root/.build/orleans-probe versions answer
  versions=$(grep -o 'Microsoft\.Orleans\.[^/]*' "$root/Directory.Packages.props" | cksum)
  if ! grep -qsx "$versions" "$known"; then
    mkdir -p "$probe"
    {
      echo '<Project Sdk="Microsoft.NET.Sdk"><ItemGroup>'
      grep -o 'Microsoft\.Orleans\.[A-Za-z.]*' "$root/Directory.Packages.props" | sed 's|.*|<PackageReference Include="&" />|'
      echo '</ItemGroup></Project>'
    } >"$probe/probe.csproj"
    if timeout 300 dotnet restore "$probe/probe.csproj" -nodeReuse:false </dev/null >"$root/.build/orleans.log" 2>&1; then
      say "Orleans' packages can be restored: building with it."
      answer=true
    else
      say "Orleans' packages cannot be restored here (.build/orleans.log says why): building without it; clusters use RabbitMQ. To try again: rm .build/orleans"
      answer=false
    fi
    printf '%s\n' "$versions" $answer >"$known"
  fi
  tail -n 1 "$known"
}

# fingerprint FOLDER...: what a build depends on; changes when a file there is edited, added, moved or removed.
fingerprint() {
  (
    cd "$root" || exit
    echo "$root" "${LIBTORCH:-}" "${CXX:-}" "${WithOrleans:-}" "$(cat "$root/.build/orleans" 2>/dev/null)"
    for folder in "$@"; do [ ! -d "$folder" ] || echo "$folder"; done |
      xargs -d '\n' sh -c 'exec find "$@" *.sln Directory.* global.json \( -name bin -o -name obj \) -prune -o -type f -printf "%p %s %T@\n"' sh |
      LC_ALL=C sort
  ) | cksum
}

# build STAMP OUTPUT PROJECT FOLDER...: builds in Release unless the stamp says that nothing in the folders changed.
build() {
  local stamp=$root/.build/$1 output=$2 project=$3 now orleans
  shift 3
  now=$(fingerprint "$@")
  [ ! -e "$output" ] || [ ! -f "$stamp" ] || [ "$(<"$stamp")" != "$now" ] || return 0
  mkdir -p "$root/.build"
  (
    # Two that start at once: the second waits, and finds everything done.
    flock 9
    now=$(fingerprint "$@")
    [ ! -e "$output" ] || [ ! -f "$stamp" ] || [ "$(<"$stamp")" != "$now" ] || exit 0
    need_dotnet
    orleans=$(with_orleans)
    now=$(fingerprint "$@")
    say 'building...'
    rm -f "$stamp"
    # No build server may stay behind: it would hold the lock, and the memory.
    if ! dotnet build "$root/$project" -c Release -v q -nologo -nodeReuse:false -p:UseSharedCompilation=false \
      -p:WithOrleans="$orleans" </dev/null >"$root/.build/build.log" 2>&1 9>&-; then
      { grep -E '(error|fatal error) ?[A-Z0-9]*:' "$root/.build/build.log" || tail -n 30 "$root/.build/build.log"; } | sed "s| \[[^]]*\]\$||; s|$root/||" | sort -u >&2
      say 'the build failed'
      exit 1
    fi
    echo "$now" >"$stamp"
  ) 9>"$root/.build/lock"
}
