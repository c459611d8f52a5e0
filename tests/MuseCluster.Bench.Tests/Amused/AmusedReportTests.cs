using MuseCluster.Bench.Amused;
using MuseCluster.Bench.Arithmetic;
using MuseCluster.Bench.Reporting;

namespace MuseCluster.Bench.Tests.Amused;

public class AmusedReportTests
{
    private static readonly LoadTimes Load = new(
        Cold: true, CatSeconds: 2, LoadSeconds: 0.5, FirstSeconds: 3, LaterSeconds: 1.5, LoadingProcessorSeconds: 1, WeightBytes: 1000, DiskBytes: 1000,
        Before: new(100, 50), Loaded: new(110, 50), Ran: new(140, 1050));

    [Fact]
    public void Forwards_are_compared_with_the_faster_pytorch()
    {
        var forwards = Forwards();

        Assert.Equal(0.5, forwards.Ratio);
        Assert.Equal(1.0 / 3, forwards.LeastRatio, 12);
        Assert.Equal(1.5, forwards.ProcessorRatio);
        Assert.Equal(1.25, forwards.LeastProcessorRatio);
    }

    [Fact]
    public void Loading_is_what_a_later_forward_does_not_take()
    {
        Assert.Equal(1.75, Load.WholeByCat);
        Assert.Equal(2, Load.LoadingSeconds);
        Assert.Equal(1, Load.LoadingByCat);
        Assert.Equal(0.01, Load.LoadedByWeights, 12);
        Assert.Equal(1.04, Load.RanByWeights, 12);
    }

    [Fact]
    public void A_load_is_measured_whole()
    {
        using var network = RandomUVit.Create(RandomUVitTests.Tiny, null, default);
        using var inputs = new UVitCase(RandomUVitTests.Tiny, textLength: 7);

        var load = LoadTimes.Measure(network, inputs, cold: true);

        Assert.True(load.Cold);
        Assert.Equal(network.Bytes, load.WeightBytes);
        Assert.All([load.CatSeconds, load.LoadSeconds, load.FirstSeconds, load.LaterSeconds], seconds => Assert.True(seconds > 0));
        Assert.True(load.Loaded.Anonymous > 0 && load.Loaded.Files > 0);
    }

    [Fact]
    public void A_report_says_what_was_not_measured()
    {
        var report = new AmusedReport
        {
            Machine = new Machine("processor", 2, 2, "cpu", "1.13", 0),
            Weights = 250,
            Loads = [Load],
            Forwards = Forwards(),
            Products = [new ProductTimes("linear", Side([0.5], [0.75]), new Work(Linear: 1e9))],
            Decodings = new DecodingComparison(12, 10, Side([30], [60]), Side([20], [40]), Side([24], [50]), Side([2], [3]), Side([2.5], [4]), [new Saving("text", Side([3], [4])), new Saving("logits", Side([1], [2]))]),
        };

        Assert.Equal(0.3, report.ProductShare, 12);
        Assert.Equal((1.5, 1.5), (report.Decodings.Speedup, report.Decodings.ProcessorSpeedup));
        // 60 s are 12 passes of 4 and 12 s of operators; of 1 s that each pass spares, 6 s of 12 are explained.
        Assert.Equal(["12.000", "4.000", "2.000", "6.000", "24.000"], report.Tables()[^1].Rows.Select(r => r[1]));
        Assert.Equal("40.0 %", report.Tables()[^1].Rows[^1][2]);
        var json = report.ToJson();
        Assert.Equal(0.5, (double)json["forwards"]!["ratio"]!);
        Assert.Equal(2, (double)json["loads"]![0]!["loadingSeconds"]!);
    }

    [Fact]
    public void A_missing_pytorch_is_named_with_what_to_install()
    {
        var error = Assert.Throws<InvalidOperationException>(() => PyTorchProcess.Require("/no/such/python3"));

        Assert.Contains("/no/such/python3", error.Message, StringComparison.Ordinal);
        Assert.Contains("python3-torch", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    private static ForwardComparison Forwards() => new(
        Ours: Side([1, 2, 3], [2.5, 3, 4]), PyTorch: Side([3, 4, 9], [3, 3, 3]), PyTorchKeeping: Side([4, 5, 6], [2, 2, 2]), "1.13", ["libblas.so.3"], 1e-6, 3);

    private static SideTimes Side(double[] wall, double[] processor) => new(new Timing(wall), new Timing(processor));
}
