namespace MuseCluster.Torch;

public static partial class torch
{
    /// <summary>Stops recording gradients on this thread until the result is disposed.</summary>
    /// <returns>Restores the mode when disposed.</returns>
    public static IDisposable no_grad() => new GradModeGuard(false);

    /// <summary>Records gradients on this thread until the result is disposed.</summary>
    /// <param name="enabled">False to stop recording instead.</param>
    /// <returns>Restores the mode when disposed.</returns>
    public static IDisposable enable_grad(bool enabled = true) => new GradModeGuard(enabled);

    /// <summary>Whether gradients are recorded on this thread.</summary>
    /// <returns>True if so.</returns>
    public static bool is_grad_enabled() => NativeMethods.mt_grad_enabled() != 0;

    /// <summary>
    /// Enters inference mode on this thread until the result is disposed: no gradients, no version counters. The
    /// tensors made in it can never be recorded.
    /// </summary>
    /// <returns>Leaves the mode when disposed, on the same thread.</returns>
    public static IDisposable inference_mode() => new InferenceModeGuard();

    /// <summary>Whether this thread is in inference mode.</summary>
    /// <returns>True if so.</returns>
    public static bool is_inference_mode_enabled() => NativeMethods.mt_inference_enabled() != 0;

    private sealed class GradModeGuard : IDisposable
    {
        private readonly int _before = NativeMethods.mt_grad_enabled();

        internal GradModeGuard(bool enabled) => NativeMethods.mt_set_grad_enabled(enabled ? 1 : 0);

        public void Dispose() => NativeMethods.mt_set_grad_enabled(_before);
    }

    private sealed class InferenceModeGuard : IDisposable
    {
        private nint _guard;

        internal InferenceModeGuard() => NativeMethods.Check(NativeMethods.mt_inference_enter(out _guard), nameof(inference_mode));

        public void Dispose()
        {
            if (_guard != 0)
                NativeMethods.mt_inference_leave(_guard);
            _guard = 0;
        }
    }
}
