using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MuseCluster.Torch;

/// <summary>What has to be settled before libtorch and the libraries under it are loaded, which read it only then.</summary>
internal static partial class NativeEnvironment
{
    private const int MallocTrimThreshold = -1;
    private const int MallocMmapThreshold = -3;

    // A P/Invoke without a GC transition is bound when its caller is compiled, before any static constructor: only a
    // module initializer comes first.
#pragma warning disable CA2255
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Settle()
    {
        // .NET keeps its own copy of the environment, so the C library's has to be set. Spinning OpenMP workers would
        // starve the others of a machine with few cores.
        _ = setenv("OMP_WAIT_POLICY", "PASSIVE", 0);

        // glibc gives every large block back to the kernel at once, and a tensor of a few megabytes then pays
        // a page fault per 4 KiB each time it is made. Keep blocks up to 64 MiB, and what lies free at the top.
        _ = mallopt(MallocMmapThreshold, 64 << 20);
        _ = mallopt(MallocTrimThreshold, 256 << 20);
        NativeLibrary.SetDllImportResolver(typeof(NativeEnvironment).Assembly, Resolve);
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != NativeMethods.Library)
            return 0;
        var file = Path.Combine(AppContext.BaseDirectory, "libmusetorch.so");
        try
        {
            return NativeLibrary.Load(file);
        }
        catch (DllNotFoundException e)
        {
            throw new DllNotFoundException(
                $"{file} cannot be loaded. It needs the libtorch it was built with: install libtorch-dev, "
                + $"or set LIBTORCH and build again. {e.Message}", e);
        }
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);

    [LibraryImport("libc")]
    private static partial int mallopt(int param, int value);
}
