namespace MuseCluster.Models.Import;

/// <summary>Which part serves which stage of a model.</summary>
internal sealed class ModelAssembly
{
    private ModelAssembly(FoundPart? text, FoundPart? tokenizer, FoundPart @base, FoundPart? superres, FoundPart pixels, FoundPart? scheduler) =>
        (Text, Tokenizer, Base, Superres, Pixels, Scheduler) = (text, tokenizer, @base, superres, pixels, scheduler);

    /// <summary>The text encoder; null where the base takes classes for prompts.</summary>
    public FoundPart? Text { get; }

    /// <summary>Its tokenizer; null where there is no text encoder.</summary>
    public FoundPart? Tokenizer { get; }

    /// <summary>The base transformer.</summary>
    public FoundPart Base { get; }

    /// <summary>The super-resolution transformer, or null.</summary>
    public FoundPart? Superres { get; }

    /// <summary>The autoencoder.</summary>
    public FoundPart Pixels { get; }

    /// <summary>The scheduler, or null.</summary>
    public FoundPart? Scheduler { get; }

    /// <summary>Whose rules decoding follows.</summary>
    public ModelFamily Family => ModelFamily.Find(Base.Known.Family!);

    /// <summary>Gives every stage its part.</summary>
    /// <param name="found">The parts of all folders.</param>
    /// <param name="rules">The decoding rules of this build; null for any.</param>
    /// <exception cref="ModelImportException">A stage has none or several, or this build cannot decode it; lists every stage with what was found.</exception>
    public static ModelAssembly Of(IEnumerable<FoundPart> found, IReadOnlyCollection<string>? rules)
    {
        var parts = found.DistinctBy(p => (p.Known, Path.GetFullPath(p.Folder))).ToList();
        var report = new StageReport();
        var classes = Served(parts, PartRole.Transformer) is [{ TakesClasses: true }];
        var (text, tokenizer) = classes ? (null, null) : Texts(report, parts);
        if (classes)
        {
            report.None("text", Served(parts, PartRole.Text));
            report.None("tokenizer", Served(parts, PartRole.Tokenizer));
        }
        var transformers = Served(parts, PartRole.Transformer);
        // Two of muse-maskgit-pytorch are the same class; super-resolution is that of more tokens.
        FoundPart? superres = null;
        if (transformers is [{ SequenceLength: > 0 } a, { SequenceLength: > 0 } b] && a.SequenceLength != b.SequenceLength)
        {
            superres = a.SequenceLength > b.SequenceLength ? a : b;
            transformers = [a.SequenceLength > b.SequenceLength ? b : a];
        }
        var @base = report.One("base", transformers, $"{KnownPart.Expected(PartRole.Transformer)}, or a transformer of muse-maskgit-pytorch");
        report.Optional("superres", superres is null ? [] : [superres]);
        var pixels = report.One("pixels", Served(parts, PartRole.Pixels), KnownPart.Expected(PartRole.Pixels));
        var scheduler = report.Optional("scheduler", Served(parts, PartRole.Scheduler));
        report.ThrowIfWrong("the folders do not make one model; found for its stages:");
        foreach (var part in new[] { text, @base, superres, pixels })
            if (part is { Known.Network: null })
                report.Refuse($"found {part}: it is of {ModelFamily.Find(part.Known.Family!).Title}, which is known, but its network cannot be decoded by this build");
        var family = ModelFamily.Find(@base!.Known.Family!);
        if (rules?.Contains(family.Name) == false)
            report.Refuse($"found {@base}: it is of {family.Title}, which is known, but its decoding rule '{family.Name}' is not in this build, which has {string.Join(", ", rules)}");
        report.ThrowIfWrong("the model cannot be decoded by this build:");
        return new ModelAssembly(text, tokenizer, @base, superres, pixels!, scheduler);
    }

    // A folder may have the tokenizers of several text encoders: that of the one that is there counts.
    private static (FoundPart? Text, FoundPart? Tokenizer) Texts(StageReport report, List<FoundPart> parts)
    {
        var text = report.One("text", Served(parts, PartRole.Text), KnownPart.Expected(PartRole.Text));
        var kind = text is null ? null : text.Known.Network == Stages.TextNetworks.Clip ? KnownPart.ClipTokenizer : KnownPart.SentencePiece;
        var expected = kind is null ? "the text encoder's" : kind == KnownPart.ClipTokenizer ? "CLIP's vocab.json with merges.txt" : "T5's spiece.model or tokenizer.json";
        return (text, report.One("tokenizer", Served(parts, PartRole.Tokenizer).FindAll(t => kind is null || t.Known == kind), expected));
    }

    private static List<FoundPart> Served(List<FoundPart> parts, PartRole role) => parts.FindAll(p => p.Known.Role == role);

    // What was found for each stage, right or wrong.
    private sealed class StageReport
    {
        private readonly List<string> _lines = [];
        private bool _wrong;

        public FoundPart? One(string stage, List<FoundPart> found, string expected)
        {
            _lines.Add($"{stage}: found {Show(found)}{(found.Count == 1 ? "" : $"; expected {(found.Count == 0 ? expected : "one")}")}");
            _wrong |= found.Count != 1;
            return found.Count == 1 ? found[0] : null;
        }

        public FoundPart? Optional(string stage, List<FoundPart> found)
        {
            _lines.Add($"{stage}: found {Show(found)}{(found.Count > 1 ? "; expected one at most" : found.Count == 0 ? ", and needs none" : "")}");
            _wrong |= found.Count > 1;
            return found.Count == 1 ? found[0] : null;
        }

        public void None(string stage, List<FoundPart> found)
        {
            _lines.Add($"{stage}: found {Show(found)}{(found.Count > 0 ? "; expected none, since the base takes classes for prompts" : ", and needs none")}");
            _wrong |= found.Count > 0;
        }

        public void Refuse(string problem)
        {
            if (!_wrong)
                _lines.Clear();
            _lines.Add(problem);
            _wrong = true;
        }

        public void ThrowIfWrong(string summary)
        {
            if (_wrong)
                throw new ModelImportException(summary, _lines);
        }

        private static string Show(List<FoundPart> found) => found.Count switch
        {
            0 => "nothing",
            1 => found[0].ToString(),
            _ => $"{found.Count}: {string.Join(", ", found)}",
        };
    }
}
