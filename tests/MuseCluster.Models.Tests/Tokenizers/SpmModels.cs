namespace MuseCluster.Models.Tests.Tokenizers;

/// <summary>Small models of every kind, trained once for all tests, and for each the lines it is compared on, all different.</summary>
public sealed class SpmModels : IDisposable
{
    public const int LinesPerModel = 4_000;

    private static readonly string[] All = ["t5", "bytes", "identity", "symbols", "suffix", "spacious", "coarse", "plain"];

    private readonly Dictionary<string, byte[][]> _lines;
    private readonly string _folder = Directory.CreateTempSubdirectory("muse-spm-").FullName;

    public SpmModels()
    {
        var corpus = Path.Combine(_folder, "corpus.txt");
        File.WriteAllLines(corpus, new TextSamples(1).TrainingLines(2000));
        _lines = All.Select((name, i) => (name, i)).ToDictionary(
            entry => entry.name, entry => new TextSamples(100 + entry.i).HostileLines(LinesPerModel).ToArray());
        foreach (var (name, lines) in _lines)
            File.WriteAllBytes(LinesFileOf(name), [.. lines.SelectMany(line => line.Append((byte)'\n'))]);

        string[] small = ["--vocab_size=600", "--character_coverage=0.995"];
        (string Name, string[] Options)[] kinds =
        [
            ("t5", []),
            ("bytes", ["--byte_fallback"]),
            ("identity", ["--normalization_rule_name=identity", "--add_dummy_prefix=false", "--remove_extra_whitespaces=false"]),
            ("symbols", ["--user_defined_symbols=<sep>,[NAME],東京,ab,ｗｉ,▁castle"]),
            ("suffix", ["--treat_whitespace_as_suffix", "--normalization_rule_name=nfkc_cf"]),
            ("spacious", ["--split_by_whitespace=false", "--remove_extra_whitespaces=false", "--allow_whitespace_only_pieces"]),
        ];
        Parallel.ForEach(kinds, new ParallelOptions { MaxDegreeOfParallelism = 2 }, kind =>
            SpmProgram.Train(_folder, kind.Name, corpus, [.. small, .. kind.Options]));

        // Training rarely gives equal scores; with coarse ones nearly every word is a tie.
        var coarse = ProtoMessage.Parse(File.ReadAllBytes(PathOf("t5")));
        for (var i = 0; i < coarse.Fields.Count; i++)
        {
            if (coarse.Fields[i] is not (1, 2, var value))
                continue;
            var piece = ProtoMessage.Parse(value);
            if (piece.Integer(3, 1) == 1)
                piece.Set(2, MathF.Round(piece.Single(2) / 2)).Set(3, i % 9 == 0 ? 5 : 1);
            coarse.Fields[i] = (1, 2, piece.ToBytes());
        }

        File.WriteAllBytes(PathOf("coarse"), coarse.ToBytes());

        // No spm_train option leaves spaces plain, or gives positive scores, but the format has both.
        var plain = ProtoMessage.Parse(File.ReadAllBytes(PathOf("symbols")));
        plain.Set(3, ProtoMessage.Parse(plain.Bytes(3)).Set(5, 0).ToBytes());
        for (var i = 0; i < plain.Fields.Count; i++)
        {
            if (plain.Fields[i] is not (1, 2, var value))
                continue;
            var piece = ProtoMessage.Parse(value);
            plain.Fields[i] = (1, 2, piece.Integer(3, 1) == 1 ? piece.Set(2, piece.Single(2) + 8).ToBytes() : value);
        }

        File.WriteAllBytes(PathOf("plain"), plain.ToBytes());
    }

    public static TheoryData<string> Names => [.. All];

    public IEnumerable<byte[]> AllLines => _lines.Values.SelectMany(lines => lines);

    public byte[][] LinesOf(string name) => _lines[name];

    public string LinesFileOf(string name) => Path.Combine(_folder, name + ".txt");

    public string PathOf(string name) => Path.Combine(_folder, name + ".model");

    public string NewFile(string name, IEnumerable<string> lines)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllLines(path, lines);
        return path;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}

[CollectionDefinition(nameof(SpmModels))]
public sealed class SpmModelsGroup : ICollectionFixture<SpmModels>;
