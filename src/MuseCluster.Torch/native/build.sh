#!/bin/sh
# Compiles musetorch.cpp into $1 against the libtorch at $LIBTORCH (an unpacked libtorch or a Python
# torch folder) or, without it, the system's. Called by the ordinary `dotnet build`.
set -eu
here=$(dirname "$0")
out=$1
cxx=${CXX:-g++}

fail() { echo "musetorch: error: $1" >&2; exit 1; }
command -v "$cxx" >/dev/null 2>&1 || fail "no C++ compiler: install g++ or set CXX"

flags="-std=c++17 -O2 -fPIC -shared -fvisibility=hidden -w"
libraries="-ltorch -ltorch_cpu -lc10"
if [ -n "${LIBTORCH:-}" ]; then
  root=$LIBTORCH
  [ -f "$root/include/ATen/ATen.h" ] || fail "LIBTORCH=$root has no include/ATen/ATen.h: expected an unpacked libtorch or a Python torch folder"
  [ -f "$root/lib/libtorch_cpu.so" ] || fail "LIBTORCH=$root has no lib/libtorch_cpu.so"
  flags="$flags -I$root/include -I$root/include/torch/csrc/api/include -L$root/lib -Wl,-rpath,$root/lib"
  # The library says which std::string it was built with: old-ABI symbols carry Ss, new-ABI ones __cxx11.
  if nm -DC "$root/lib/libc10.so" 2>/dev/null | grep -q 'std::__cxx11::basic_string'; then abi=1; else abi=0; fi
  flags="$flags -D_GLIBCXX_USE_CXX11_ABI=$abi"
  if [ -f "$root/lib/libtorch_cuda.so" ]; then libraries="$libraries -Wl,--no-as-needed -ltorch_cuda -lc10_cuda"; fi
else
  root=
  for prefix in /usr /usr/local; do
    [ -f "$prefix/include/ATen/ATen.h" ] && root=$prefix && break
  done
  [ -n "$root" ] || fail "no libtorch: install libtorch-dev, or set LIBTORCH to an unpacked libtorch or a Python torch folder"
  flags="$flags -I$root/include/torch/csrc/api/include"
fi
mkdir -p "$(dirname "$out")"
# shellcheck disable=SC2086
"$cxx" $flags "$here/musetorch.cpp" -o "$out.tmp" $libraries
mv "$out.tmp" "$out"
