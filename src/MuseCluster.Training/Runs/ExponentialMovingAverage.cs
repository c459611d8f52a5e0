using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Training.Runs;

/// <summary>A moving average of a network's parameters, which samples better than the last step's.</summary>
public sealed class ExponentialMovingAverage : IDisposable
{
    private readonly (string Name, Parameter Parameter)[] _parameters;
    private readonly Tensor[] _averages;
    private readonly double _decay;

    /// <summary>Starts at the network's present parameters.</summary>
    /// <param name="network">The network.</param>
    /// <param name="decay">What is kept of the average at each step, once the run is old enough.</param>
    public ExponentialMovingAverage(nn.Module network, double decay)
    {
        _parameters = [.. network.named_parameters()];
        using var guard = no_grad();
        _averages = [.. _parameters.Select(p => p.Parameter.detach().clone().DetachFromDisposeScope())];
        _decay = decay;
    }

    /// <summary>The averages under the parameters' names.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> Averages => _parameters.Zip(_averages, (p, a) => KeyValuePair.Create(p.Name, a));

    /// <summary>Takes a step into the average. A young average forgets faster: min(decay, step / (step + 20)).</summary>
    /// <param name="step">The step that was made, from 0.</param>
    public void Update(long step)
    {
        using var guard = no_grad();
        var decay = Math.Min(_decay, step / (step + 20.0));
        for (var i = 0; i < _averages.Length; i++)
            _averages[i].lerp_(_parameters[i].Parameter, 1 - decay);
    }

    /// <summary>Exchanges the network's parameters and the averages. Calling it again undoes it.</summary>
    public void Swap()
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        for (var i = 0; i < _averages.Length; i++)
        {
            var held = _parameters[i].Parameter.detach().clone();
            _parameters[i].Parameter.copy_(_averages[i]);
            _averages[i].copy_(held);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var average in _averages)
            average.Dispose();
    }
}
