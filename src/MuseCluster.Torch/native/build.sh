#!/bin/sh
# Compiles musetorch.cpp into $1 against the libtorch at $LIBTORCH (an unpacked libtorch or a Python
# torch folder) or, without it, the system's. Called by the ordinary `dotnet build`.
set -eu
here=$(dirname "$0")
out=$1
cxx=${CXX:-g++}

fail() { echo "musetorch: error: $1" >&2; exit 1; }
command -v "$cxx" >/dev/null 2>&1 || fail "no C++ compiler $cxx: install g++ or set CXX"

set -- -std=c++17 -O2 -fPIC -shared -fvisibility=hidden -w "$here/musetorch.cpp"
if [ -n "${LIBTORCH:-}" ]; then
  # The path goes into the library for the loader, which knows no working directory.
  root=$(cd "$LIBTORCH" 2>/dev/null && pwd) || fail "LIBTORCH=$LIBTORCH is no folder: expected an unpacked libtorch or a Python torch folder"
  # Debian's python3-torch only links to the headers, which are in another package.
  [ ! -L "$root/include/ATen" ] || [ -e "$root/include/ATen" ] || fail "LIBTORCH=$root links to headers that are not there: install libtorch-dev"
  [ -f "$root/include/ATen/ATen.h" ] || fail "LIBTORCH=$root has no include/ATen/ATen.h: expected an unpacked libtorch or a Python torch folder"
  [ -f "$root/lib/libtorch_cpu.so" ] || fail "LIBTORCH=$root has no lib/libtorch_cpu.so: expected an unpacked libtorch or a Python torch folder"
  # The library says which std::string it was built with: old-ABI symbols carry Ss, new-ABI ones __cxx11.
  if nm -DC "$root/lib/libc10.so" 2>/dev/null | grep -q 'std::__cxx11::basic_string'; then abi=1; else abi=0; fi
  set -- "$@" "-I$root/include" "-I$root/include/torch/csrc/api/include" "-D_GLIBCXX_USE_CXX11_ABI=$abi" \
    "-L$root/lib" "-Wl,-rpath,$root/lib" -ltorch -ltorch_cpu -lc10
  if [ -f "$root/lib/libtorch_cuda.so" ]; then set -- "$@" -Wl,--no-as-needed -ltorch_cuda -lc10_cuda; fi
else
  root=
  for prefix in /usr /usr/local; do
    if [ -f "$prefix/include/ATen/ATen.h" ]; then root=$prefix; break; fi
  done
  [ -n "$root" ] || fail "no libtorch: install libtorch-dev, or set LIBTORCH to an unpacked libtorch or a Python torch folder"
  set -- "$@" "-I$root/include/torch/csrc/api/include" -ltorch -ltorch_cpu -lc10
  # OpenBLAS' own threads and libtorch's OpenMP threads get in each other's way; where several builds of it are installed,
  # take the one on OpenMP. Only an old-style path reaches the libraries that libtorch itself asks for.
  for openblas in /usr/lib/*/openblas-openmp; do
    [ ! -f "$openblas/libblas.so.3" ] || set -- "$@" "-Wl,--disable-new-dtags,-rpath,$openblas"
  done
fi

# Builds may run side by side: each has a file of its own, and what stands under the name is always whole.
mkdir -p "$(dirname "$out")"
tmp=$out.$$
trap 'rm -f "$tmp"' EXIT
"$cxx" "$@" -o "$tmp" || fail "musetorch.cpp does not build against the libtorch under $root: see the compiler's messages above"
mv "$tmp" "$out"
