using System.Text.Json.Serialization;

namespace MuseCluster.Client.Http;

/// <summary>How JSON is read and written, made when the client is compiled.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = [typeof(UnixTimeConverter)])]
[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(ImageBody))]
[JsonSerializable(typeof(ImageResult))]
[JsonSerializable(typeof(ImageEventBody))]
[JsonSerializable(typeof(ModelInfo))]
[JsonSerializable(typeof(Page<ModelInfo>))]
[JsonSerializable(typeof(MuseFile))]
[JsonSerializable(typeof(Page<MuseFile>))]
[JsonSerializable(typeof(Batch))]
[JsonSerializable(typeof(BatchRequest))]
[JsonSerializable(typeof(BatchLine))]
[JsonSerializable(typeof(BatchAnswer))]
[JsonSerializable(typeof(Page<Batch>))]
[JsonSerializable(typeof(Job))]
[JsonSerializable(typeof(JobRequest))]
[JsonSerializable(typeof(Page<Job>))]
[JsonSerializable(typeof(JobItem))]
[JsonSerializable(typeof(Page<JobItem>))]
[JsonSerializable(typeof(ItemProgress))]
[JsonSerializable(typeof(ClusterInfo))]
[JsonSerializable(typeof(UsageReport))]
internal sealed partial class MuseJson : JsonSerializerContext;
