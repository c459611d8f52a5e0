using MuseCluster.Torch.Modules;

namespace MuseCluster.Torch
{
    public static partial class torch
    {
        public static partial class optim
        {
            /// <summary>
            /// Makes an Adafactor optimizer (Shazeer and Stern, arXiv 1804.04235, algorithms 4 and 5). The second moments of a
            /// matrix are kept as row and column means; of a tensor with more dimensions, over its last two.
            /// </summary>
            /// <param name="parameters">The parameters.</param>
            /// <param name="lr">The step size, relative to each parameter's scale with <paramref name="scale_parameter"/>. Null takes the
            /// paper's min(0.01, 1/sqrt(t)); <see cref="Optimizer.LearningRate"/> then starts at 1 and multiplies it.</param>
            /// <param name="eps1">Added to squared gradients.</param>
            /// <param name="eps2">The least scale of a parameter.</param>
            /// <param name="clip_threshold">The largest root mean square of an update.</param>
            /// <param name="decay_rate">The second moments decay by 1 - t^decay_rate at step t.</param>
            /// <param name="beta1">The decay of a first moment; null keeps none.</param>
            /// <param name="weight_decay">Shrinks weights of two or more dimensions by this fraction of the step size.</param>
            /// <param name="scale_parameter">Whether the step size is relative to each parameter's root mean square.</param>
            /// <param name="warmup_init">Whether the paper's step size starts at 1e-6 t instead of 0.01.</param>
            /// <returns>The optimizer.</returns>
            /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
            public static Adafactor Adafactor(
                IEnumerable<Parameter> parameters, double? lr = null, double eps1 = 1e-30, double eps2 = 1e-3, double clip_threshold = 1,
                double decay_rate = -0.8, double? beta1 = null, double weight_decay = 0, bool scale_parameter = true, bool warmup_init = false)
            {
                ArgumentOutOfRangeException.ThrowIfNegative(lr ?? 0, nameof(lr));
                ArgumentOutOfRangeException.ThrowIfNegative(eps1);
                ArgumentOutOfRangeException.ThrowIfNegative(eps2);
                ArgumentOutOfRangeException.ThrowIfNegativeOrZero(clip_threshold);
                ArgumentOutOfRangeException.ThrowIfGreaterThan(decay_rate, 0);
                ArgumentOutOfRangeException.ThrowIfNegative(beta1 ?? 0, nameof(beta1));
                ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(beta1 ?? 0, 1, nameof(beta1));
                ArgumentOutOfRangeException.ThrowIfNegative(weight_decay);
                return new(parameters, lr, eps1, eps2, clip_threshold, decay_rate, beta1, weight_decay, scale_parameter, warmup_init);
            }
        }
    }
}

namespace MuseCluster.Torch.Modules
{
    /// <summary>Adaptive step sizes whose memory grows with the rows and columns of a weight, not with its elements.</summary>
    public sealed class Adafactor : torch.optim.Optimizer
    {
        private readonly double _eps1, _eps2, _clip, _decayRate, _decay;
        private readonly double? _beta1;
        private readonly bool _relative, _scale, _warmup;
        private readonly torch.Tensor _step;
        private readonly State[] _states;

        internal Adafactor(
            IEnumerable<Parameter> parameters, double? lr, double eps1, double eps2, double clip_threshold,
            double decay_rate, double? beta1, double weight_decay, bool scale_parameter, bool warmup_init)
            : base(parameters, lr ?? 1)
        {
            (_eps1, _eps2, _clip, _decayRate, _beta1, _decay) = (eps1, eps2, clip_threshold, decay_rate, beta1, weight_decay);
            (_relative, _scale, _warmup) = (lr is null, scale_parameter, warmup_init);
            _step = torch.zeros([1], torch.float64).DetachFromDisposeScope();
            _states = [.. Parameters.Select(p => new State(p, beta1 is not null))];
        }

        /// <inheritdoc/>
        public override void step()
        {
            using var guard = torch.no_grad();
            _step.add_(1);
            var t = _step.item<double>();
            var beta2 = 1 - Math.Pow(t, _decayRate);
            var rate = LearningRate * (_relative ? Math.Min(_warmup ? 1e-6 * t : 1e-2, 1 / Math.Sqrt(t)) : 1);
            for (var i = 0; i < Parameters.Length; i++)
            {
                using var scope = torch.NewDisposeScope();
                if (Parameters[i].grad is { } gradient)
                    Update(Parameters[i], gradient, _states[i], beta2, rate);
            }
        }

        /// <inheritdoc/>
        public override Dictionary<string, torch.Tensor> state_dict()
        {
            var state = new Dictionary<string, torch.Tensor> { ["step"] = _step };
            for (var i = 0; i < _states.Length; i++)
                foreach (var (name, tensor) in _states[i].Tensors())
                    state[$"{i}.{name}"] = tensor;
            return state;
        }

        // Sizes stay on the device: a step waits for no transfer.
        private void Update(Parameter parameter, torch.Tensor gradient, State state, double beta2, double rate)
        {
            var update = Precondition(gradient, state, beta2);
            update.div_(RootMeanSquare(update).div_(_clip).clamp_(min: 1));
            var size = _scale ? RootMeanSquare(parameter).clamp_(min: _eps2).mul_(rate) : torch.full([], rate, parameter.dtype, parameter.device);
            update.mul_(size);
            if (state.Mean is { } mean)
                update = mean.lerp_(update, 1 - _beta1!.Value);
            if (_decay > 0 && parameter.dim() > 1)
                parameter.sub_(parameter.mul(size).mul_(_decay));
            parameter.sub_(update);
        }

        // The gradient over the root of its second moment, which for a matrix is row x column / mean(row).
        private torch.Tensor Precondition(torch.Tensor gradient, State state, double beta2)
        {
            var square = gradient.square().add_(_eps1);
            if (state.Square is { } moment)
                return moment.lerp_(square, 1 - beta2).rsqrt().mul_(gradient);
            state.Row!.lerp_(square.mean([-1]), 1 - beta2);
            state.Column!.lerp_(square.mean([-2]), 1 - beta2);
            var rows = state.Row.div(state.Row.mean([-1], keepdim: true)).rsqrt().unsqueeze(-1);
            return gradient.mul(rows).mul_(state.Column.rsqrt().unsqueeze(-2));
        }

        private static torch.Tensor RootMeanSquare(torch.Tensor tensor) => tensor.norm().div_(Math.Sqrt(Math.Max(1, tensor.numel())));

        private sealed class State
        {
            internal State(Parameter parameter, bool mean)
            {
                var shape = parameter.shape;
                if (shape.Length > 1)
                {
                    Row = Zeros(shape[..^1], parameter);
                    Column = Zeros([.. shape[..^2], shape[^1]], parameter);
                }
                else
                {
                    Square = Zeros(shape, parameter);
                }
                Mean = mean ? Zeros(shape, parameter) : null;
            }

            internal torch.Tensor? Row { get; }

            internal torch.Tensor? Column { get; }

            internal torch.Tensor? Square { get; }

            internal torch.Tensor? Mean { get; }

            internal IEnumerable<(string Name, torch.Tensor Tensor)> Tensors()
            {
                if (Row is not null)
                    yield return ("exp_avg_sq_row", Row);
                if (Column is not null)
                    yield return ("exp_avg_sq_col", Column);
                if (Square is not null)
                    yield return ("exp_avg_sq", Square);
                if (Mean is not null)
                    yield return ("exp_avg", Mean);
            }

            private static torch.Tensor Zeros(long[] shape, Parameter like) => torch.zeros(shape, like.dtype, like.device).DetachFromDisposeScope();
        }
    }
}
