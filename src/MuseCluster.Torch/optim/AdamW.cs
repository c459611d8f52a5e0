using MuseCluster.Torch.Modules;

namespace MuseCluster.Torch
{
    public static partial class torch
    {
        public static partial class optim
        {
            /// <summary>Makes an AdamW optimizer (Loshchilov and Hutter, arXiv 1711.05101, algorithm 2).</summary>
            public static AdamW AdamW(IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 1e-2) =>
                new(parameters, lr, beta1, beta2, eps, weight_decay);
        }
    }
}

namespace MuseCluster.Torch.Modules
{
    /// <summary>Adam with decoupled weight decay.</summary>
    public sealed class AdamW : torch.optim.Optimizer
    {
        private readonly double _beta1, _beta2, _eps, _decay;
        private readonly torch.Tensor[] _mean, _square;
        private readonly torch.Tensor _step;

        internal AdamW(IEnumerable<Parameter> parameters, double lr, double beta1, double beta2, double eps, double weight_decay)
            : base(parameters, lr)
        {
            (_beta1, _beta2, _eps, _decay) = (beta1, beta2, eps, weight_decay);
            _mean = [.. Parameters.Select(p => torch.zeros_like(p).DetachFromDisposeScope())];
            _square = [.. Parameters.Select(p => torch.zeros_like(p).DetachFromDisposeScope())];
            _step = torch.zeros([1], torch.float64).DetachFromDisposeScope();
        }

        /// <inheritdoc/>
        public override void step()
        {
            using var guard = torch.no_grad();
            using var scope = torch.NewDisposeScope();
            _step.add_(1);
            var t = _step.item<double>();
            var correction = Math.Sqrt(1 - Math.Pow(_beta2, t));
            var rate = LearningRate / (1 - Math.Pow(_beta1, t));
            for (var i = 0; i < Parameters.Length; i++)
            {
                if (Parameters[i].grad is not { } gradient)
                    continue;
                // Decay shrinks weights towards 0, which is no sensible place for a gain or a bias.
                if (_decay > 0 && Parameters[i].dim() > 1)
                    Parameters[i].mul_(1 - LearningRate * _decay);
                _mean[i].lerp_(gradient, 1 - _beta1);
                _square[i].mul_(_beta2).addcmul_(gradient, gradient, 1 - _beta2);
                var denominator = _square[i].sqrt().div_(correction).add_(_eps);
                Parameters[i].addcdiv_(_mean[i], denominator, -rate);
            }
        }

        /// <inheritdoc/>
        public override Dictionary<string, torch.Tensor> state_dict()
        {
            var state = new Dictionary<string, torch.Tensor> { ["step"] = _step };
            for (var i = 0; i < Parameters.Length; i++)
            {
                state[$"{i}.exp_avg"] = _mean[i];
                state[$"{i}.exp_avg_sq"] = _square[i];
            }
            return state;
        }
    }
}
