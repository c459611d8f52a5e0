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

    /// <summary>Starts or stops recording gradients on this thread, for good or until the result is disposed.</summary>
    /// <param name="mode">Whether to record.</param>
    /// <returns>Restores the mode when disposed.</returns>
    public static IDisposable set_grad_enabled(bool mode = true) => new GradModeGuard(mode);

    // Both modes belong to a thread: leaving one elsewhere, after an await for example, would change the wrong
    // thread's and leave this one's as it is.
    private abstract class ModeGuard : IDisposable
    {
        private readonly int _thread = Environment.CurrentManagedThreadId;
        private bool _left;

        public void Dispose()
        {
            if (_left)
                return;
            if (_thread != Environment.CurrentManagedThreadId)
                throw new InvalidOperationException("A gradient mode must be left on the thread that entered it: no await inside.");
            _left = true;
            Leave();
        }

        protected abstract void Leave();
    }

    private sealed class GradModeGuard : ModeGuard
    {
        private readonly int _before = NativeMethods.mt_grad_enabled();

        internal GradModeGuard(bool enabled) => NativeMethods.mt_set_grad_enabled(enabled ? 1 : 0);

        protected override void Leave() => NativeMethods.mt_set_grad_enabled(_before);
    }

    private sealed class InferenceModeGuard : ModeGuard
    {
        private readonly nint _guard;

        internal InferenceModeGuard() => NativeMethods.Check(NativeMethods.mt_inference_enter(out _guard), nameof(inference_mode));

        protected override void Leave() => NativeMethods.mt_inference_leave(_guard);
    }
}
