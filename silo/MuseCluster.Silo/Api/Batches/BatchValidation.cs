using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using MuseCluster.Cluster.Artifacts;
using MuseCluster.Cluster.Work;
using MuseCluster.Silo.Api.Errors;
using MuseCluster.Silo.Api.Files;

namespace MuseCluster.Silo.Api.Batches;

/// <summary>What a batch's input comes to: a job, whose requests last until this is disposed, or what is wrong with it.</summary>
/// <param name="Job">The job; null where anything is wrong.</param>
/// <param name="Lines">How many requests it has.</param>
/// <param name="Errors">What is wrong, the first 100.</param>
internal sealed record BatchValidation(Job? Job, int Lines, IReadOnlyList<BatchError> Errors) : IDisposable
{
    private const int MostLines = 50_000;
    private const int MostErrors = 100;

    /// <summary>Reads and checks every line.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="gateway">Has artifacts and models.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ArtifactException">The input cannot be read now.</exception>
    public static async Task<BatchValidation> ReadAsync(BatchRecord batch, Gateway gateway, CancellationToken cancellation)
    {
        if (await gateway.Artifacts.OpenAsync(FileUpload.Artifact(batch.Tenant, batch.Input), cancellation).ConfigureAwait(false) is not { } input)
            return Of(new BatchError("file_not_found", "the input's content is not there any more", "input_file_id", null));
        await using var closing = input.ConfigureAwait(false);
        using var reading = new Reading(batch, gateway);
        await foreach (var (number, text) in BatchInput.LinesAsync(input.Content, cancellation).ConfigureAwait(false))
            if (!reading.Take(number, text))
                break;
        return reading.Result();
    }

    /// <inheritdoc/>
    public void Dispose() => (Job?.Requests as IDisposable)?.Dispose();

    private static BatchValidation Of(params IReadOnlyList<BatchError> errors) => new(null, 0, errors);

    private sealed class Reading(BatchRecord batch, Gateway gateway) : IDisposable
    {
        private readonly List<BatchError> _errors = [];
        private SpilledRequests? _requests = new();

        // Hashes: the ids themselves may have 50 MB.
        private readonly HashSet<UInt128> _ids = [];
        private string? _model;
        private int _lines;

        /// <returns>Whether there is reason to read on.</returns>
        public bool Take(int number, ReadOnlyMemory<byte> text)
        {
            _lines = number;
            if (number > MostLines)
            {
                _errors.Add(new BatchError("request_limit_exceeded", $"the file has more than {MostLines} lines, expected that at most; split it", null, null));
                return false;
            }
            try
            {
                var (line, request) = BatchLine.Read(number, text, gateway, BatchIds.Seed(batch.Id, number));
                var model = request.Model.Manifest.Name;
                if (!_ids.Add(BinaryPrimitives.ReadUInt128LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(line.CustomId)))))
                    throw ApiException.Invalid("custom_id", "is that of an earlier line, expected one of its own for each", "duplicate_custom_id");
                if (model != (_model ??= model))
                    throw ApiException.Invalid("body.model", $"is '{model}', expected '{_model}' as in the lines before: one model for all", "mismatched_model");
                // Nobody needs what is not submitted.
                if (_errors.Count == 0)
                    foreach (var each in request.Requests)
                        _requests!.Add(each);
            }
            catch (ApiException e)
            {
                _errors.Add(new BatchError(e.Code, e.Message, e.Param, number));
            }
            return _errors.Count < MostErrors;
        }

        public BatchValidation Result()
        {
            if (_errors.Count > 0)
                return Of(_errors);
            if (_lines == 0)
                return Of(new BatchError("empty_file", "the file has no lines, expected a request in each", "input_file_id", null));
            var job = new Job { Id = BatchIds.Job(batch.Id), Tenant = batch.Tenant, Model = _model!, Class = PriorityClass.Batch, Requests = _requests! };
            // They are the job's now.
            _requests = null;
            return new(job, _lines, []);
        }

        public void Dispose() => _requests?.Dispose();
    }
}
