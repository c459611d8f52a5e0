using System.Runtime.InteropServices;

namespace MuseCluster.Torch;

/// <summary>Owns one reference to a native tensor.</summary>
internal sealed class SafeTensorHandle : SafeHandle
{
    internal SafeTensorHandle(nint handle)
        : base(0, ownsHandle: true) => SetHandle(handle);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        NativeMethods.mt_tensor_free(handle);
        return true;
    }
}
