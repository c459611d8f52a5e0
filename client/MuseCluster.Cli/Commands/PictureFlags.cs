using System.CommandLine;
using System.Globalization;
using MuseCluster.Generation.Pictures;
using MuseCluster.Generation.Pipelines;
using MuseCluster.Models;

namespace MuseCluster.Cli.Commands;

/// <summary>The flags that only some families' models take: sizes, a picture to start from, what micro-conditioning is told.</summary>
internal sealed class PictureFlags
{
    private const double DefaultStrength = 0.5; // diffusers' AmusedImg2ImgPipeline

    private readonly Option<(int Width, int Height)?> _size = Flag.Parsed<(int, int)?>(
        "--size", "WxH", "The picture's size in pixels, for models that make several.", "a width and a height such as 256x256", text => Pair(text, 'x', 1));
    private readonly Option<string?> _image = Flag.Path("--image", "A PNG to start from, which the prompt changes. A larger one of the same shape is shrunk to --size, or to the model's own.");
    private readonly Option<double?> _strength = Flag.Parsed<double?>(
        "--strength", "N", "How much of --image may change: the share of the steps that are made. 0.5 where not given.", "a number above 0, at most 1",
        text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value is > 0 and <= 1 ? value : null);
    private readonly Option<double?> _aestheticScore = Flag.Number<double>("--aesthetic-score", "How good the picture is to look, as the model was told in training; 6 where not given.", 0, 10);
    private readonly Option<(int Left, int Top)?> _crop = Flag.Parsed<(int, int)?>(
        "--crop", "LEFT,TOP", "Pixels that the picture lacks at its left and top, as the model was told in training; 0,0 where not given.",
        string.Create(CultureInfo.InvariantCulture, $"two whole numbers from 0 to {GenerationRequest.LongestSide}, such as 0,0"), text => Pair(text, ',', 0));

    /// <summary>The flags, to be added to a command.</summary>
    public IEnumerable<Option> All => [_size, _image, _strength, _aestheticScore, _crop];

    /// <summary>Refuses those that were given, where pictures are made at a server.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="liked">The request of <c>--like</c>, or null.</param>
    /// <param name="like">The name of that flag.</param>
    /// <exception cref="UsageException">One was given.</exception>
    public void RefuseAtServer(ParseResult parse, GenerationRequest? liked, string like)
    {
        if (All.FirstOrDefault(o => parse.GetResult(o) is { Implicit: false }) is { } given)
            throw new UsageException(given.Name, "does not go with a server, whose jobs have no such field; expected only for pictures that are made here");
        if (liked is { Width: not null } or { Height: not null } or { Initial: not null } or { Micro: not null })
            throw new UsageException(like, "names a picture with a size, a start, a score or a crop of its own, for which a server's jobs have no fields; expected only for pictures that are made here");
    }

    /// <summary>Puts what the user gave into a request.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="request">The request without them.</param>
    /// <param name="model">The model that is to take it.</param>
    /// <param name="factory">Encodes the picture to start from.</param>
    /// <returns>The request.</returns>
    /// <exception cref="UsageException">The model takes no such thing; names the flag.</exception>
    public GenerationRequest Apply(ParseResult parse, GenerationRequest request, MuseModel model, PictureFactory factory)
    {
        request = Micro(parse, request, model);
        if (parse.GetValue(_size) is { } size)
        {
            if (request.Initial is not null && parse.GetValue(_image) is null && size != (request.Width ?? model.Width, request.Height ?? model.Height))
                throw new UsageException(_size.Name, "is another than that of the picture that --like's starts from; expected --image too");
            request = Sized(request, size, model);
        }
        if (parse.GetValue(_image) is { } file)
        {
            var picture = Fitting(ShowCommand.Decode(file, _image.Name).Picture, file, parse.GetValue(_size), request, model);
            request = Sized(request, (picture.Width, picture.Height), model);
            return request with { Initial = new InitialPicture(factory.Encode(picture), parse.GetValue(_strength) ?? request.Initial?.Strength ?? DefaultStrength) };
        }
        if (parse.GetValue(_strength) is not { } strength)
            return request;
        return request.Initial is { } initial
            ? request with { Initial = initial with { Strength = strength } }
            : throw new UsageException(_strength.Name, "says how much of a picture may change, and there is none; expected --image FILE too");
    }

    private GenerationRequest Micro(ParseResult parse, GenerationRequest request, MuseModel model)
    {
        if ((parse.GetValue(_aestheticScore) is null ? parse.GetValue(_crop) is null ? null : (Option)_crop : _aestheticScore) is { } told && !model.BaseShape.MicroConditioned)
            throw new UsageException(told.Name, $"does not go with the model {model.Manifest.Name}, which is told neither scores nor crops; expected with models such as aMUSEd");
        var micro = request.Micro ?? new MicroConditions();
        if (parse.GetValue(_aestheticScore) is { } score)
            request = request with { Micro = micro = micro with { AestheticScore = score } };
        return parse.GetValue(_crop) is { } crop ? request with { Micro = micro with { CropLeft = crop.Left, CropTop = crop.Top } } : request;
    }

    private GenerationRequest Sized(GenerationRequest request, (int Width, int Height) size, MuseModel model)
    {
        if (model.SizeProblem(size.Width, size.Height) is { } problem)
            throw new UsageException(_size.Name, problem);
        return size == (model.Width, model.Height) ? request with { Width = null, Height = null } : request with { Width = size.Width, Height = size.Height };
    }

    // A larger picture of the same shape is shrunk; nothing is cut off, stretched or enlarged.
    private Picture Fitting(Picture picture, string file, (int Width, int Height)? asked, GenerationRequest request, MuseModel model)
    {
        if (model.SuperresShape is not null)
            throw new UsageException(_image.Name, $"does not go with the model {model.Manifest.Name}, which has super-resolution; expected with models whose base grid goes straight to pixels");
        var (width, height) = asked ?? (request.Width ?? model.Width, request.Height ?? model.Height);
        if ((width, height) == (picture.Width, picture.Height))
            return picture;
        if (width <= picture.Width && height <= picture.Height && (long)width * picture.Height == (long)height * picture.Width)
            return picture.ResizeBox(width, height);
        var asIs = asked is null && model.SizeProblem(picture.Width, picture.Height) is null ? $"; --size {picture.Width}x{picture.Height} takes it as it is" : "";
        throw new UsageException(_image.Name, $"'{file}' has {picture.Width}x{picture.Height} pixels; expected {width}x{height}, or more of the same shape, which are shrunk{asIs}");
    }

    private static (int, int)? Pair(string text, char between, int least) =>
        text.Split(between) is [var first, var second] && Side(first) is { } a && Side(second) is { } b && a >= least && b >= least ? (a, b) : null;

    private static int? Side(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var side) && side <= GenerationRequest.LongestSide ? side : null;
}
