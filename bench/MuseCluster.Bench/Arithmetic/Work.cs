namespace MuseCluster.Bench.Arithmetic;

/// <summary>Floating-point operations by the kind of product they belong to; a multiply-add counts as two.</summary>
/// <param name="Linear">Of linear layers.</param>
/// <param name="Attention">Of the two products of attention: queries by keys, weights by values.</param>
/// <param name="Convolution">Of convolutions.</param>
public readonly record struct Work(double Linear = 0, double Attention = 0, double Convolution = 0)
{
    /// <summary>All of them.</summary>
    public double Total => Linear + Attention + Convolution;

    /// <summary>The sum.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">Another.</param>
    public static Work operator +(Work left, Work right) =>
        new(left.Linear + right.Linear, left.Attention + right.Attention, left.Convolution + right.Convolution);

    /// <summary>The same work several times.</summary>
    /// <param name="times">How often.</param>
    /// <param name="work">The work.</param>
    public static Work operator *(double times, Work work) => new(times * work.Linear, times * work.Attention, times * work.Convolution);

    /// <summary>A linear layer over rows: 2 x rows x input x output.</summary>
    /// <param name="rows">Rows it runs over.</param>
    /// <param name="input">Input dimensions.</param>
    /// <param name="output">Output dimensions.</param>
    public static Work Layer(double rows, double input, double output) => new(Linear: 2 * rows * input * output);

    /// <summary>
    /// Attention of all heads together: scores take 2 x queries x keys x dim, the weighted sum of values as much again.
    /// </summary>
    /// <param name="queries">Positions that attend.</param>
    /// <param name="keys">Positions attended to.</param>
    /// <param name="dim">Dimensions, heads x head dimensions.</param>
    public static Work Attend(double queries, double keys, double dim) => new(Attention: 4 * queries * keys * dim);

    /// <summary>A convolution of stride 1: 2 x pixels x input x output x kernel^2.</summary>
    /// <param name="pixels">Output positions.</param>
    /// <param name="input">Input channels.</param>
    /// <param name="output">Output channels.</param>
    /// <param name="kernel">Side of the kernel.</param>
    public static Work Convolve(double pixels, double input, double output, double kernel) => new(Convolution: 2 * pixels * input * output * kernel * kernel);
}
