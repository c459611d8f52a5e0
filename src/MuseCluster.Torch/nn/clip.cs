namespace MuseCluster.Torch;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Operations on the parameters of modules.</summary>
        public static class utils
        {
            /// <summary>Scales the gradients so that their joint Euclidean norm is at most <paramref name="max_norm"/>.</summary>
            /// <param name="tensors">The parameters.</param>
            /// <param name="max_norm">The bound.</param>
            /// <returns>The norm before scaling.</returns>
            public static double clip_grad_norm_(IEnumerable<Tensor> tensors, double max_norm)
            {
                using var scope = NewDisposeScope();
                using var guard = no_grad();
                var gradients = tensors.Select(t => t.grad).OfType<Tensor>().ToArray();
                if (gradients.Length == 0)
                    return 0;
                var total = stack(gradients.Select(g => g.norm().to(ScalarType.Float64))).norm().item<double>();
                if (total > max_norm)
                    foreach (var gradient in gradients)
                        gradient.mul_(max_norm / (total + 1e-6));
                return total;
            }
        }
    }
}
