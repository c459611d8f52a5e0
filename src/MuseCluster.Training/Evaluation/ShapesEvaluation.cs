using MuseCluster.Generation.Pictures;
using MuseCluster.Generation.Pipelines;
using MuseCluster.Models;
using MuseCluster.Models.Networks.VqGan;
using MuseCluster.Training.ShapesWorld;
using MuseCluster.Training.Stages;

namespace MuseCluster.Training.Evaluation;

/// <summary>One evaluated picture.</summary>
/// <param name="Caption">What was asked for.</param>
/// <param name="Result">Which claims hold.</param>
/// <param name="Picture">What was made.</param>
public sealed record EvaluatedPicture(EvaluationCaption Caption, ClaimResult Result, Picture Picture);

/// <summary>Makes a picture for each caption of the evaluation and looks whether it shows what the caption claims.</summary>
public sealed class ShapesEvaluation
{
    private const int Batch = 16;

    private ShapesEvaluation(IReadOnlyList<EvaluatedPicture> pictures) => Pictures = pictures;

    /// <summary>Every picture, in the captions' order.</summary>
    public IReadOnlyList<EvaluatedPicture> Pictures { get; }

    /// <summary>Generates and measures.</summary>
    /// <param name="model">The model.</param>
    /// <param name="captions">What to ask for.</param>
    /// <param name="request">Makes the request of a caption's text; the picture index is set here.</param>
    /// <param name="stages">What is measured.</param>
    /// <param name="progress">Told the pictures made.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    /// <returns>The evaluation.</returns>
    /// <exception cref="ArgumentException">The stage cannot be measured alone: the model lacks it, or the preview stage that shows or makes its tokens.</exception>
    public static ShapesEvaluation Run(
        MuseModel model, IReadOnlyList<EvaluationCaption> captions, Func<string, GenerationRequest> request, EvaluatedStages stages,
        IProgress<int>? progress, CancellationToken cancellation)
    {
        if (Problem(model, stages) is { } problem)
            throw new ArgumentException(problem + ".", nameof(stages));
        using var pipeline = new TextToImagePipeline(model);
        var pictures = new List<EvaluatedPicture>();
        foreach (var batch in captions.Chunk(Batch))
        {
            var first = pictures.Count;
            var requests = batch.Select((c, i) => request(c.Caption.Text) with { Picture = (uint)(first + i) }).ToList();
            var made = stages switch
            {
                EvaluatedStages.Base => pipeline.DecodeBase(requests, cancellation: cancellation).Select(grid => pipeline.Factory.Preview(grid)!),
                EvaluatedStages.Superres => pipeline.Upscale(requests, Encode(model, (VqGan)model.Preview!, batch), cancellation: cancellation).Select(p => p.Picture),
                EvaluatedStages.Pixels => pipeline.Factory.Decode(requests, Encode(model, (VqGan)model.Pixels, batch), cancellation),
                _ => pipeline.Generate(requests, cancellation: cancellation).Select(p => p.Picture),
            };
            pictures.AddRange(batch.Zip(made, (caption, picture) =>
                new EvaluatedPicture(caption, ClaimCheck.Check(caption.Caption, SceneMeasurement.Measure(picture)), picture)));
            progress?.Report(pictures.Count);
        }
        return new ShapesEvaluation(pictures);
    }

    /// <summary>Why a model's stages cannot be measured.</summary>
    /// <param name="model">The model.</param>
    /// <param name="stages">What is to be measured.</param>
    /// <returns>One sentence, or null where they can be.</returns>
    public static string? Problem(MuseModel model, EvaluatedStages stages) => stages switch
    {
        EvaluatedStages.Superres when model.Superres is null => $"{model.Manifest.Name} has no superres stage; expected a model that has one",
        EvaluatedStages.Base or EvaluatedStages.Superres when model.Preview is null =>
            $"{model.Manifest.Name} has no preview stage, which shows and makes base tokens; expected a model that has one",
        EvaluatedStages.Superres or EvaluatedStages.Pixels when model.Pixels is not VqGan || model.Preview is not (null or VqGan) =>
            $"{model.Manifest.Name} has another family's pixels stage; expected one of this project's own, which encodes scenes",
        _ => null,
    };

    private static ushort[][] Encode(MuseModel model, VqGan network, EvaluationCaption[] captions) =>
        [.. SceneBatches.Encode(network, Array.ConvertAll(captions, c => c.Scene), model.Device).Chunk(network.Config.GridSize * network.Config.GridSize)];

    /// <summary>Counts claims over some of the pictures.</summary>
    /// <param name="which">Which pictures; null for all.</param>
    /// <returns>The counts.</returns>
    public ClaimTally Tally(Func<EvaluatedPicture, bool>? which = null)
    {
        var tally = new ClaimTally();
        foreach (var picture in Pictures.Where(p => which is null || which(p)))
            tally.Add(picture.Result);
        return tally;
    }

    /// <summary>Draws a sheet of pictures with their captions, wrong ones framed.</summary>
    /// <param name="count">How many, evenly taken.</param>
    /// <returns>The sheet.</returns>
    public Picture Sheet(int count)
    {
        var every = Math.Max(1, Pictures.Count / count);
        return ContactSheet.Draw(
            [.. Pictures.Where((_, i) => i % every == 0).Take(count).Select(p => new ContactSheetItem(p.Picture, p.Caption.Caption.Text, p.Result.All))],
            new ContactSheetOptions { Columns = 10 });
    }
}
