using System.Diagnostics;
using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Memory;
using MuseCluster.Models.Networks.T5;
using MuseCluster.Models.Tests.Checkpoints;
using MuseCluster.Models.Tests.Networks.Muse;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Memory;

[Collection(nameof(NetworkTests))]
public sealed class ModelMemoryTests
{
    [Fact]
    public void AModelThatTheDeviceHasNoRoomForIsRefusedWithBothNumbers()
    {
        using var folder = new MuseModelTestsFolder(ScalarType.Float16);
        var manifest = ModelManifest.Load(folder.Path);
        long numbers = folder.Weights("text").Values.Sum(v => v.LongLength) + folder.Weights("base").Values.Sum(v => v.LongLength);
        long needed = ModelMemory.Needed(MuseModel.Inspect(manifest, ModelParts.Text | ModelParts.Base));
        Assert.Equal((4 * numbers) + (4 * numbers / 8) + (64 << 20), needed);

        var error = Assert.Throws<ModelMemoryException>(() => MuseModel.Load(folder.Path, CPU, ModelParts.Text | ModelParts.Base, new Fixed(needed - 1)));
        Assert.Equal((needed, needed - 1), (error.Needed, error.Free));
        Assert.Contains("the model tiny (text, base) needs 0.07 GB on cpu, which has 0.07 GB free; take fewer stages or a machine with more", error.Message, StringComparison.Ordinal);
        MuseModel.Load(folder.Path, CPU, ModelParts.Text | ModelParts.Base, new Fixed(needed)).Dispose();
        MuseModel.Load(folder.Path, CPU, ModelParts.None, new Fixed(0)).Dispose();
        MuseModel.Load(folder.Path, CPU, ModelParts.All, new Fixed(null)).Dispose();
    }

    [Fact]
    public void CheckingALargeModelTakesNoMemoryForItsWeights()
    {
        using var folder = new TempFolder();
        var config = new T5Config { VocabSize = 40, DModel = 4096, DKv = 64, DFf = 10240, NumLayers = 6, NumHeads = 64 };
        set_default_device(META);
        using (var encoder = new T5Encoder(config, draw: false))
            WriteHoles(folder["t5.safetensors"], encoder.state_dict().Select(t => (t.Key, t.Value.shape)));
        set_default_device(CPU);
        using var checkpoint = Checkpoint.Open(folder["t5.safetensors"]);
        long bytes = checkpoint.Tensors.Values.Sum(t => t.ByteLength);
        Assert.True(bytes > 1_500_000_000);

        using var process = Process.GetCurrentProcess();
        long before = process.PeakWorkingSet64;
        T5EncoderCheckpoint.Load(config, checkpoint, META).Dispose();
        process.Refresh();
        Assert.Equal(bytes, checkpoint.Taken.Sum(t => t.ByteLength));
        Assert.InRange(process.PeakWorkingSet64 - before, 0, bytes / 4);
    }

    [Theory]
    [InlineData("0::/pod/box\n", "sys/fs/cgroup", "memory.max", "memory.current", "inactive_file")]
    [InlineData("3:cpu:/pod/box\n5:memory,hugetlb:/pod/box\n0::/pod/box\n", "sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")]
    public void TheLeastOfAllControlGroupsCountsWithoutTheFilesCache(string groups, string at, string limit, string use, string cache)
    {
        using var root = new TempFolder();
        root.Write("proc/meminfo", "MemTotal:       16000000 kB\nMemAvailable:   8000000 kB\n");
        Assert.Equal(8_000_000L << 10, new SystemMemory(root.Path).Free(CPU));

        root.Write("proc/self/cgroup", groups);
        Group("pod/box", 5_000_000_000, 1_000_000_000, 400_000_000);
        Assert.Equal(4_400_000_000, new SystemMemory(root.Path).Free(CPU));
        Group("pod", 3_000_000_000, 2_900_000_000, 0);
        Assert.Equal(100_000_000, new SystemMemory(root.Path).Free(CPU));
        root.Write($"{at}/pod/{limit}", limit == "memory.max" ? "max\n" : "9223372036854771712\n");
        Assert.Equal(4_400_000_000, new SystemMemory(root.Path).Free(CPU));
        // In a container the path is the host's, and the group is mounted at the root.
        Directory.Delete(root[$"{at}/pod"], recursive: true);
        Group("", 2_000_000_000, 0, 0);
        Assert.Equal(2_000_000_000, new SystemMemory(root.Path).Free(CPU));

        void Group(string group, long most, long used, long files)
        {
            root.Write($"{at}/{group}/{limit}", $"{most}\n");
            root.Write($"{at}/{group}/{use}", $"{used}\n");
            root.Write($"{at}/{group}/memory.stat", $"anon 7\n{cache} {files}\n");
        }
    }

    [Fact]
    public void WhereNobodySaysHowMuchIsFreeNothingIsSaid()
    {
        using var root = new TempFolder();
        Assert.Null(new SystemMemory(root.Path).Free(CPU));
        if (OperatingSystem.IsLinux())
            Assert.InRange(SystemMemory.Default.Free(CPU)!.Value, 1, 1L << 50);
    }

    // A file of zeros that takes no place on the disk.
    private static void WriteHoles(string path, IEnumerable<(string Name, long[] Shape)> tensors)
    {
        long at = 0;
        var entries = new List<string>();
        foreach (var (name, shape) in tensors)
        {
            long end = at + (2 * shape.Aggregate(1L, (a, b) => a * b));
            entries.Add($$"""{{'"'}}{{name}}":{"dtype":"BF16","shape":[{{string.Join(',', shape)}}],"data_offsets":[{{at}},{{end}}]}""");
            at = end;
        }
        byte[] header = System.Text.Encoding.UTF8.GetBytes("{" + string.Join(',', entries) + "}");
        using var file = File.Create(path);
        file.Write(BitConverter.GetBytes((long)header.Length));
        file.Write(header);
        file.SetLength(8 + header.Length + at);
    }

    private sealed class Fixed(long? free) : IDeviceMemory
    {
        public long? Free(Device device) => free;
    }
}
