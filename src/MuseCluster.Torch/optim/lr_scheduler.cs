namespace MuseCluster.Torch;

public static partial class torch
{
    public static partial class optim
    {
        /// <summary>PyTorch's <c>torch.optim.lr_scheduler</c>.</summary>
        public static class lr_scheduler
        {
            /// <summary>Sets an optimizer's learning rate by the number of steps taken.</summary>
            public abstract class LRScheduler
            {
                private readonly Optimizer _optimizer;

                /// <summary>Makes a scheduler and applies the first rate.</summary>
                /// <param name="optimizer">The optimizer; its learning rate now is the one that is scaled.</param>
                /// <param name="last_epoch">The last epoch done; -1 for none.</param>
                protected LRScheduler(Optimizer optimizer, int last_epoch)
                {
                    _optimizer = optimizer;
                    InitialLearningRate = optimizer.LearningRate;
                    LastEpoch = last_epoch;
                }

                /// <summary>The learning rate before any scaling.</summary>
                protected double InitialLearningRate { get; }

                /// <summary>The epoch, from 0, whose rate is in force.</summary>
                public int LastEpoch { get; private set; }

                /// <summary>Goes on to the next epoch's rate.</summary>
                public void step()
                {
                    LastEpoch++;
                    _optimizer.LearningRate = RateAt(LastEpoch);
                }

                /// <summary>The rate in force, one per parameter group.</summary>
                /// <returns>One rate.</returns>
                public IEnumerable<double> get_last_lr() => [_optimizer.LearningRate];

                /// <summary>An epoch's rate.</summary>
                /// <param name="epoch">The epoch, from 0.</param>
                /// <returns>The learning rate.</returns>
                protected abstract double RateAt(int epoch);
            }

            /// <summary>Makes a scheduler that multiplies the initial rate by a function of the epoch.</summary>
            /// <param name="optimizer">The optimizer.</param>
            /// <param name="lr_lambda">The factor of an epoch, from 0.</param>
            /// <param name="last_epoch">The last epoch done; -1 for none.</param>
            /// <returns>The scheduler, its first rate applied.</returns>
            public static LRScheduler LambdaLR(Optimizer optimizer, Func<int, double> lr_lambda, int last_epoch = -1)
            {
                var scheduler = new Lambda(optimizer, lr_lambda, last_epoch);
                scheduler.step();
                return scheduler;
            }

            private sealed class Lambda(Optimizer optimizer, Func<int, double> factor, int last_epoch) : LRScheduler(optimizer, last_epoch)
            {
                protected override double RateAt(int epoch) => InitialLearningRate * factor(epoch);
            }
        }
    }
}
