using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;
using MuseCluster.Tests.Shared;

namespace MuseCluster.EndToEnd.Tests.Pages;

/// <summary>Each view as it stands: names for assistive technology, the width, and a picture of it.</summary>
[Collection("page")]
public sealed class ViewTests(Chromium chromium)
{
    private const string Prompt = "a red circle above a blue square";

    // Under these names docs/ has them.
    private static readonly Dictionary<string, string> _documented = new()
    {
        ["generate-1280"] = "page-generate.png",
        ["gallery-1280"] = "page-gallery.png",
        ["cluster-1280"] = "page-cluster.png",
        ["generate-390"] = "page-narrow.png",
    };

    private static readonly string[] _prompts = [Prompt, "a green triangle", "a yellow square left of a red triangle", "a purple ring left of a white square", "a blue circle"];

    [Theory]
    [InlineData(1280)]
    [InlineData(390)]
    public async Task In_each_view_every_control_has_a_name_and_nothing_is_wider_than_the_window(int width)
    {
        var key = await chromium.Gateway.KeyAsync();
        using var http = chromium.Gateway.ClientWith(key);
        var job = await RunningGateway.SubmitAsync(http, "batch", [.. _prompts.Select((prompt, i) => (object)new { prompt, seed = 7 + i })]);
        await RunningGateway.WaitAsync(http, job, j => (string)j["status"]! == "done");
        await using var opened = await chromium.OpenAsync(key, width);
        var page = opened.Page;

        await opened.FillAsync(Prompt, pictures: 4, seed: 7);
        await opened.MakeAsync();
        await Expect(opened.Finished).ToHaveCountAsync(4);
        await CheckAsync("generate", "button: Make pictures", "textbox: Prompt", "combobox: Model", "checkbox: Random", "spinbutton: Pictures", "button: Open picture 4 large");

        await page.GetByRole(AriaRole.Link, new() { Name = "Gallery", Exact = true }).ClickAsync();
        await Expect(page.Locator(".card:not(.waiting)")).ToHaveCountAsync(9);
        await CheckAsync("gallery", $"button: Open large: {Prompt}", $"button: Make it again: {Prompt}", $"link: Download: {Prompt}");

        await page.GetByRole(AriaRole.Button, new() { Name = "Open large: a green triangle" }).First.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await CheckAsync("picture", "button: Close", "button: Next picture", "button: Make it again", "link: Download");
        await page.Keyboard.PressAsync("Escape");

        await page.GetByRole(AriaRole.Link, new() { Name = "Jobs", Exact = true }).ClickAsync();
        await page.Locator($".job-open[aria-controls=job-{job}]").ClickAsync();
        await Expect(page.Locator(".item img")).ToHaveCountAsync(5);
        await CheckAsync("jobs", "button: Open picture 5 large", "progressbar: Progress");

        var running = await RunningGateway.SubmitAsync(http, "batch", new { prompt = Prompt, n = Documents ? 400 : 40 });
        await page.GetByRole(AriaRole.Link, new() { Name = "Cluster", Exact = true }).ClickAsync();
        // Two measurements make a line; a picture for the documentation wants a longer one.
        var points = Documents ? 12 : 2;
        await Expect(page.Locator(".plot-line").First).ToHaveAttributeAsync("d", new System.Text.RegularExpressions.Regex($"^M[^L]+(L[^L]+){{{points - 1},}}$"));
        await CheckAsync("cluster", "figure: Load", "table: Queues before stages", "meter: Load of shapes, Base");
        await http.PostAsync($"jobs/{running}/cancel", null);

        await page.GetByRole(AriaRole.Button, new() { Name = "API key" }).ClickAsync();
        await CheckAsync("key", "textbox: Key", "dialog: API key");

        async Task CheckAsync(string view, params string[] expected)
        {
            await SaveAsync(page, $"{view}-{width}");
            Assert.Empty(await opened.TooWideAsync());
            var controls = await opened.ControlsAsync();
            Assert.DoesNotContain(controls, c => c.Name.Length == 0);
            var named = controls.Select(c => $"{c.Role}: {c.Name}").ToList();
            Assert.All(expected, e => Assert.Contains(e, named));
        }
    }

    private static bool Documents => Environment.GetEnvironmentVariable("MUSE_DOCUMENT_PAGE") == "1";

    private static async Task SaveAsync(IPage page, string name)
    {
        // Pictures that have been asked for only when they came into sight are still on their way.
        await page.EvaluateAsync("() => Promise.all([...document.images].filter(i => i.getBoundingClientRect().top < innerHeight && !i.hidden && i.src).map(i => i.decode().catch(() => { })))");
        var picture = await page.ScreenshotAsync(new() { Path = Path.Combine(Repository.Root, ".build", "page", $"{name}.png"), Animations = ScreenshotAnimations.Disabled });
        if (Documents && _documented.TryGetValue(name, out var file))
            await File.WriteAllBytesAsync(Path.Combine(Repository.Root, "docs", file), picture);
    }
}
