namespace MuseCluster.Torch;

public static partial class torch
{
    /// <summary>PyTorch's <c>torch.optim</c> under TorchSharp's names.</summary>
    public static partial class optim
    {
        /// <summary>Changes parameters by their gradients.</summary>
        public abstract class Optimizer : IDisposable
        {
            /// <summary>Makes an optimizer of some parameters.</summary>
            /// <param name="parameters">The parameters, in a fixed order.</param>
            /// <param name="lr">The learning rate.</param>
            protected Optimizer(IEnumerable<Modules.Parameter> parameters, double lr)
            {
                Parameters = [.. parameters];
                LearningRate = lr;
            }

            /// <summary>The learning rate of the next step.</summary>
            public double LearningRate { get; set; }

            /// <summary>The parameters.</summary>
            protected Modules.Parameter[] Parameters { get; }

            /// <summary>Changes every parameter that has a gradient.</summary>
            public abstract void step();

            /// <summary>Drops the gradients.</summary>
            public void zero_grad()
            {
                foreach (var parameter in Parameters)
                    parameter.grad = null;
            }

            /// <summary>What has to be saved to go on later: moments and the step count, under unique names.</summary>
            /// <returns>Tensors that the optimizer owns.</returns>
            public abstract Dictionary<string, Tensor> state_dict();

            /// <summary>Goes on from a saved state.</summary>
            /// <param name="state">What <see cref="state_dict"/> gave.</param>
            public void load_state_dict(IReadOnlyDictionary<string, Tensor> state)
            {
                using var guard = no_grad();
                foreach (var (key, tensor) in state_dict())
                    tensor.copy_(state.TryGetValue(key, out var value)
                        ? value
                        : throw new ArgumentException($"The optimizer's state lacks {key}.", nameof(state)));
            }

            /// <inheritdoc/>
            public void Dispose()
            {
                foreach (var tensor in state_dict().Values)
                    tensor.Dispose();
                GC.SuppressFinalize(this);
            }
        }
    }
}
