namespace MuseCluster.Torch;

public static partial class torch
{
    /// <summary>While it is open, operators called by the thread that opened it use a number of threads of their own.</summary>
    public readonly ref struct NumThreadsScope
    {
        private readonly int _before;

        internal NumThreadsScope(int num)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(num, 1);
            NativeMethods.Check(NativeMethods.mt_scope_num_threads(num, out _before), nameof(NewNumThreadsScope));
        }

        /// <summary>Puts back what was before.</summary>
        public void Dispose() => NativeMethods.Check(NativeMethods.mt_scope_num_threads(_before, out _), nameof(NewNumThreadsScope));
    }
}
