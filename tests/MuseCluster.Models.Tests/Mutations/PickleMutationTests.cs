using System.IO.Compression;
using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Checkpoints.Pickle;
using MuseCluster.Models.Tests.Networks;
using Xunit.Abstractions;
using static MuseCluster.Models.Tests.Checkpoints.Pickle.PickleBytes;

namespace MuseCluster.Models.Tests.Mutations;

/// <summary>Damaged pickles and archives: each loads, and then its memory can be read, or is refused by the one typed exception that names the file.</summary>
public sealed class PickleMutationTests(ITestOutputHelper output) : IDisposable
{
    private const int Seed = 20241;
    private static readonly byte[][] Splices =
    [
        "("u8.ToArray(), "t"u8.ToArray(), ")"u8.ToArray(), "R"u8.ToArray(), "Q"u8.ToArray(), "u"u8.ToArray(), "}"u8.ToArray(), "]"u8.ToArray(),
        "cos\nsystem\n"u8.ToArray(), "ctorch\nFloatStorage\n"u8.ToArray(), "ccollections\nOrderedDict\n"u8.ToArray(), "h\0"u8.ToArray(), "q\0"u8.ToArray(),
        [0x85], [0x86], [0x89], [0x8a, 8, 255, 255, 255, 255, 255, 255, 255, 127], [0x8a, 8, 0, 0, 0, 0, 0, 0, 0, 128], [(byte)'J', 255, 255, 255, 255],
        [(byte)'K', 0], [(byte)'X', 255, 255, 255, 255], [(byte)'r', 255, 255, 255, 255], [255, 255, 255, 255], [0, 0, 0, 0], "PK\x01\x02"u8.ToArray(),
    ];

    private readonly MutationRun run = new(output);

    public void Dispose() => run.Dispose();

    [Theory]
    [InlineData("openmuse_paella_vq_a", "pytorch_model.bin", 1200)]
    [InlineData("openmuse_maskgit_class", "pytorch_model.bin", 1200)]
    [InlineData("t5_v11_a", "pytorch_model.bin", 1200)]
    [InlineData("taming_vqgan_a", "last.ckpt", 200)]
    public void PicklesOfReferences(string name, string file, int files)
    {
        (string Name, byte[] Bytes)[] entries = EntriesOf(Path.Combine(Repository.Golden(name), file));
        int pickle = Array.FindIndex(entries, entry => entry.Name.EndsWith("/data.pkl", StringComparison.Ordinal));
        byte[] seed = entries[pickle].Bytes;
        Fuzz(files, random =>
        {
            entries[pickle].Bytes = FileMutation.Of(seed, random, spite: Splices);
            return Entries(CompressionLevel.NoCompression, entries);
        });
    }

    // Most of these files is weights; what makes an archive lies at its ends.
    [Theory]
    [InlineData("openmuse_paella_vq_a", "pytorch_model.bin", 1000)]
    [InlineData("openmuse_maskgit_class", "pytorch_model.bin", 1000)]
    public void ArchivesOfReferences(string name, string file, int files)
    {
        byte[] seed = File.ReadAllBytes(Path.Combine(Repository.Golden(name), file));
        int directory = seed.AsSpan().IndexOf("PK\x01\x02"u8);
        Fuzz(files, random =>
        {
            byte[] bytes = (byte[])seed.Clone();
            for (int n = random.Next(1, 4); n > 0; n--)
            {
                int at = random.Next(2) == 0 ? random.Next(9000) : random.Next(directory, seed.Length);
                if (random.Next(2) == 0) bytes[at] = (byte)random.Next(256);
                else bytes[at] ^= (byte)(1 << random.Next(8));
            }

            return random.Next(16) == 0 ? bytes[..random.Next(bytes.Length)] : bytes;
        });
    }

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Optimal)]
    public void SmallArchives(CompressionLevel level)
    {
        byte[] storage = Storage("FloatStorage", "0", 6);
        byte[] seed = Archive(level, Whole(Dict(
            ("a", Tensor(storage, 0, [2, 3], [3, 1])), ("t", Tensor(storage, 0, [3, 2], [1, 3])), ("b", Tensor(Storage("LongStorage", "1", 2), 0, [2], [1])))),
            Floats(0, 1, 2, 3, 4, 5), new byte[16]);
        Fuzz(2000, random => FileMutation.Of(seed, random, spite: Splices));
    }

    // A pickle that opens goes on into its network.
    [Theory]
    [InlineData("openmuse_maskgit_class", "pytorch_model.bin")]
    [InlineData("t5_v11_a", "pytorch_model.bin")]
    public void PicklesOfFamilies(string name, string file)
    {
        string folder = Repository.Golden(name), config = Path.Combine(folder, "config.json");
        NetworkFamily family = NetworkFamily.All.Single(f => f.Has(folder));
        (string Name, byte[] Bytes)[] entries = EntriesOf(Path.Combine(folder, file));
        int pickle = Array.FindIndex(entries, entry => entry.Name.EndsWith("/data.pkl", StringComparison.Ordinal));
        byte[] seed = entries[pickle].Bytes;
        Fuzz(200, random =>
        {
            entries[pickle].Bytes = FileMutation.Of(seed, random, spite: Splices);
            return Entries(CompressionLevel.NoCompression, entries);
        }, path =>
        {
            using var checkpoint = Checkpoint.Open(path);
            family.Load(config, checkpoint).Dispose();
        });
    }

    private void Fuzz(int files, Func<Random, byte[]> next, Action<string>? load = null)
    {
        var random = new Random(Seed);
        var (loaded, refused) = run.Feed(
            "f.ckpt", Enumerable.Range(0, files).Select(i => new Mutant($"mutation {i} of seed {Seed}", next(random))), load ?? ReadAll, allowedBytes: 8 << 20);
        // Both ways must have been taken, or the mutations are too wild or too tame to mean anything.
        Assert.True(loaded > files / 100 && refused > files / 10, $"{loaded} loaded, {refused} refused");
    }

    private static void ReadAll(string path)
    {
        using var file = PickleFile.Open(path);
        int sum = 0;
        foreach (TensorView view in file.Tensors.Values)
        {
            Assert.Equal(view.ByteLength, view.Bytes.Length);
            foreach (byte value in view.Bytes) sum += value;
        }

        Assert.InRange(sum, int.MinValue, int.MaxValue);
    }

    private static (string, byte[])[] EntriesOf(string path)
    {
        using ZipArchive archive = ZipFile.OpenRead(path);
        return [.. archive.Entries.Select(entry =>
        {
            using Stream stream = entry.Open();
            byte[] bytes = new byte[entry.Length];
            stream.ReadExactly(bytes);
            return (entry.FullName, bytes);
        })];
    }
}
