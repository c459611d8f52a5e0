using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MuseCluster.Cli.Terminal;
using MuseCluster.Cluster.Artifacts;
using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Work;
using MuseCluster.Generation.Pipelines;
using MuseCluster.LocalCluster;
using MuseCluster.Models.Checkpoints;
using MuseCluster.Silo.Configuration;

namespace MuseCluster.Cli.Commands.Cluster;

/// <summary>Gives a cluster work.</summary>
internal sealed class SubmitCommand : MuseCommand
{
    private readonly Argument<string?> _prompt = new("PROMPT") { Description = "What to show.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _prompts = Flag.Path("--prompts", "A text file with a prompt a line, in place of PROMPT.");
    private readonly Option<int?> _count = Flag.Number("--count", "Pictures of each prompt. 1 where not given.", 1, 1_000_000);
    private readonly Option<ulong?> _seed = Flag.Number("--seed", "The seed. Drawn at random where not given.", 0UL, ulong.MaxValue);
    private readonly Option<string?> _tenant = Flag.Parsed<string?>("--tenant", "NAME", $"Whose job it is. {Tenant.Default} where not given.", NameRule.Expected, text => NameRule.Holds(text) ? text : null);
    private readonly Option<double?> _weight = Flag.Number("--weight", "Sets the tenant's share of a busy cluster.", 0.001, Tenant.MaxWeight);
    private readonly Option<string?> _class = Flag.Choice("--class", "How soon it is wanted. batch where not given.", "interactive", "batch");
    private readonly Option<string?> _model = Flag.Path("--model", "The model: a folder, or a name under models/. shapes where not given.", "MODEL");
    private readonly Option<bool> _wait = new("--wait") { Description = "Wait until all pictures are there, or have failed." };
    private readonly Option<string?> _out = Flag.Path("--out", "A folder to put the pictures into; waits for them.", "FOLDER");
    private readonly Option<string?> _folder = ClusterFlags.Folder();
    private readonly Option<string?> _ledger = ClusterFlags.Ledger("The ledger of the cluster, where it was not started by `muse cluster up`.");
    private readonly Option<string?> _blobs = ClusterFlags.Blobs("The artifact store of the cluster, where it was not started by `muse cluster up`.");
    private readonly GenerationFlags _generation = new();

    /// <summary>Makes the command.</summary>
    /// <param name="interruption">What stops it; the job goes on.</param>
    public SubmitCommand(Interruption interruption)
        : base(
            interruption, "submit", "Give a cluster a job: pictures of a prompt, or of many.",
            "muse submit \"a red circle above a blue square\" --count 100 --out pictures",
            "muse submit --prompts prompts.txt --tenant alice --class interactive --wait",
            "muse submit \"a white ring\" --ledger sqlite:muse-data/ledger.db --blobs muse-data/artifacts --wait")
    {
        Add(_prompt);
        foreach (var option in new Option[] { _prompts, _count, _seed, _tenant, _weight, _class, _model, _wait, _out, _folder, _ledger, _blobs }.Concat(_generation.All))
            Add(option);
    }

    /// <inheritdoc/>
    protected override void Execute(ParseResult parse, CommandContext context) => SubmitAsync(parse, context).GetAwaiter().GetResult();

    private async Task SubmitAsync(ParseResult parse, CommandContext context)
    {
        var (ledgerAt, blobsAt) = Places(parse);
        var store = parse.GetValue(_out) is { } folder ? (Folder: folder, Artifacts: ArtifactStores.Open(blobsAt)) : default;
        var job = Read(parse);
        await using var ledger = await SqlLedger.OpenAsync(ledgerAt, TimeProvider.System, context.Cancellation).ConfigureAwait(false);
        if (parse.GetValue(_weight) is { } weight)
            await ledger.PutTenantAsync((await ledger.GetTenantAsync(job.Tenant, context.Cancellation).ConfigureAwait(false) ?? new Tenant(job.Tenant)) with { Weight = weight }, context.Cancellation).ConfigureAwait(false);
        await ledger.SubmitAsync(job, context.Cancellation).ConfigureAwait(false);
        if (!context.Json)
            context.Output.WriteLine($"job {job.Id:N}: {job.Requests.Count} pictures");
        var status = (await ledger.GetJobAsync(job.Id, context.Cancellation).ConfigureAwait(false))!;
        if (parse.GetValue(_wait) || store.Folder is not null)
            status = await WaitAsync(ledger, job.Id, context).ConfigureAwait(false);
        if (store.Folder is not null)
            await FetchAsync(ledger, job, store.Artifacts, store.Folder, context.Cancellation).ConfigureAwait(false);
        if (context.Json)
            context.WriteJson(new JsonObject { ["job"] = job.Id.ToString("N"), ["tenant"] = job.Tenant, ["items"] = status.Items, ["done"] = status.Done, ["failed"] = status.Failed, ["running"] = status.Running, ["queued"] = status.Queued });
        else if (status.Ended)
            context.Output.WriteLine($"{status.Done} done, {status.Failed} failed{(store.Folder is null ? "" : $"; pictures and manifests are in {store.Folder}")}");
        if (status.Failed > 0)
            throw new InvalidOperationException($"{status.Failed} of {status.Items} pictures failed, the first: {await FirstReasonAsync(ledger, job, context.Cancellation).ConfigureAwait(false)}");
    }

    private (string Ledger, string Blobs) Places(ParseResult parse)
    {
        var defaults = new SiloSettings();
        var state = parse.GetValue(_ledger) is null ? ClusterState.Load(ClusterFlags.FolderOf(parse, _folder)) : null;
        var ledger = parse.GetValue(_ledger) ?? state?.Ledger ?? (File.Exists(defaults.Ledger["sqlite:".Length..]) ? defaults.Ledger : null)
            ?? throw new UsageException(_folder.Name, $"no cluster is up in {ClusterFlags.FolderOf(parse, _folder)}; start one with: muse cluster up, or name one with --ledger and --blobs");
        return (ledger, parse.GetValue(_blobs) ?? state?.Blobs ?? defaults.Blobs);
    }

    private Job Read(ParseResult parse)
    {
        var file = parse.GetValue(_prompts);
        if (file is not null && !File.Exists(file))
            throw new UsageException(_prompts.Name, $"'{file}' is not there; expected a text file with a prompt a line");
        var prompts = file is not null ? [.. File.ReadLines(file).Where(l => l.Trim().Length > 0)]
            : parse.GetValue(_prompt) is { } one ? new[] { one }
            : throw new UsageException(_prompt.Name, "is missing; expected what to show, or --prompts FILE");
        var model = ModelManifest.Load(ModelFolder.Find(parse.GetValue(_model) ?? ModelFolder.Default, _model.Name));
        var seed = parse.GetValue(_seed) ?? (ulong)Random.Shared.NextInt64(1L << 32);
        var job = new Job
        {
            Tenant = parse.GetValue(_tenant) ?? Tenant.Default,
            Model = model.Name,
            Class = parse.GetValue(_class) == "interactive" ? PriorityClass.Interactive : PriorityClass.Batch,
            Requests = [.. prompts.SelectMany(p => Enumerable.Range(0, parse.GetValue(_count) ?? 1)
                .Select(i => _generation.Apply(parse, GenerationRequest.From(p, seed, model.Defaults)) with { Picture = (uint)i }))],
        };
        foreach (var (field, problem) in job.Problems())
            throw new UsageException(file is null ? _prompt.Name : _prompts.Name, $"{field} {problem}");
        return job;
    }

    private static async Task<JobStatus> WaitAsync(SqlLedger ledger, Guid job, CommandContext context)
    {
        using var display = context.StartProgress();
        while (true)
        {
            var status = (await ledger.GetJobAsync(job, context.Cancellation).ConfigureAwait(false))!;
            display.Report(new ProgressState("pictures", status.Done + status.Failed, status.Items, status.Failed > 0 ? $"{status.Failed} failed" : ""));
            if (status.Ended)
                return status;
            await Task.Delay(200, context.Cancellation).ConfigureAwait(false);
        }
    }

    private static async Task FetchAsync(SqlLedger ledger, Job job, IArtifactStore artifacts, string folder, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        foreach (var item in (await ledger.GetItemsAsync(job.Id, 0, job.Requests.Count, cancellation).ConfigureAwait(false)).Where(i => i.State == ItemState.Done))
        {
            var manifest = await SaveAsync(ArtifactName.Parse(item.Result!)).ConfigureAwait(false);
            await SaveAsync(ArtifactName.Parse(PictureManifest.Parse(manifest).Picture.Artifact)).ConfigureAwait(false);
        }

        async Task<byte[]> SaveAsync(ArtifactName name)
        {
            await using var artifact = await artifacts.OpenAsync(name, cancellation).ConfigureAwait(false)
                ?? throw new InvalidOperationException($"{name} is not in the artifact store");
            var bytes = await artifact.ReadAllAsync(cancellation).ConfigureAwait(false);
            WholeFile.Write(Path.Combine(folder, name.Path[(name.Path.LastIndexOf('/') + 1)..]), bytes);
            return bytes;
        }
    }

    private static async Task<string> FirstReasonAsync(SqlLedger ledger, Job job, CancellationToken cancellation)
    {
        var failed = (await ledger.GetItemsAsync(job.Id, 0, job.Requests.Count, cancellation).ConfigureAwait(false)).First(i => i.State == ItemState.Failed);
        return string.Create(CultureInfo.InvariantCulture, $"item {failed.Item.Id.Index}: {failed.Reason}");
    }
}
