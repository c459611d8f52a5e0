using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Playwright;

namespace MuseCluster.EndToEnd.Tests.Pages;

/// <summary>The page in a window of its own. What goes wrong in it fails the test as it closes.</summary>
public sealed class OpenedPage : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _troubles = [];

    /// <param name="page">The page.</param>
    public OpenedPage(IPage page)
    {
        Page = page;
        page.PageError += (_, error) => _troubles.Enqueue(error);
        // Among them what the policy of the page forbids.
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
                _troubles.Enqueue(message.Text);
        };
    }

    /// <summary>The page.</summary>
    public IPage Page { get; }

    /// <summary>The finished pictures of the newest request.</summary>
    public ILocator Finished => Newest.Locator(".tile[data-state=done] .frame[data-state=final] img");

    /// <summary>The newest request.</summary>
    public ILocator Newest => Page.Locator(".run").First;

    public async ValueTask DisposeAsync()
    {
        await Page.Context.DisposeAsync();
        Assert.Empty(_troubles);
    }

    /// <summary>Fills in the form. Names are those of the API.</summary>
    public async Task FillAsync(string prompt, int pictures = 1, long? seed = null, int? steps = null)
    {
        await Page.GetByLabel("Prompt", new PageGetByLabelOptions { Exact = true }).FillAsync(prompt);
        await Page.GetByLabel("Pictures", new PageGetByLabelOptions { Exact = true }).FillAsync($"{pictures}");
        if (seed is not null)
        {
            await Page.GetByLabel("Random").UncheckAsync();
            await Page.GetByLabel("Seed").FillAsync($"{seed}");
        }
        if (steps is null)
            return;
        // Folded away where the window is small.
        if (!await Page.GetByLabel("Base steps").IsVisibleAsync())
            await Page.Locator("details.decoding summary").ClickAsync();
        await Page.GetByLabel("Base steps").FillAsync($"{steps}");
    }

    /// <summary>Presses the button of the form.</summary>
    public Task MakeAsync() => Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Make pictures" }).ClickAsync();

    /// <summary>Notes all that pictures show from now on.</summary>
    public Task WatchPicturesAsync() => Page.EvaluateAsync(
        """
        () => {
            window.shown = [];
            new MutationObserver(changes => changes.forEach(c => window.shown.push(c.target.src)))
                .observe(document.body, { subtree: true, attributes: true, attributeFilter: ['src'] });
        }
        """);

    /// <summary>What pictures have shown since.</summary>
    public Task<string[]> ShownAsync() => Page.EvaluateAsync<string[]>("() => window.shown");

    /// <summary>The bytes of a picture that the page shows.</summary>
    public async Task<byte[]> BytesAsync(ILocator image)
    {
        var response = await Page.Context.APIRequest.GetAsync((await image.GetAttributeAsync("src"))!);
        Assert.Equal(200, response.Status);
        return await response.BodyAsync();
    }

    /// <summary>Whether it can be scrolled sideways, and by what.</summary>
    public Task<string[]> TooWideAsync() => Page.EvaluateAsync<string[]>(
        """
        () => document.documentElement.scrollWidth <= innerWidth ? []
            : [`${document.documentElement.scrollWidth} of ${innerWidth}`, ...[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1).map(e => `${e.tagName}.${e.className}`)]
        """);

    /// <summary>What assistive technology is told: role and name of every control, as Chromium computes them.</summary>
    public async Task<IReadOnlyList<(string Role, string Name)>> ControlsAsync()
    {
        var session = await Page.Context.NewCDPSessionAsync(Page);
        var tree = (await session.SendAsync("Accessibility.getFullAXTree"))!.Value;
        await session.DetachAsync();
        return [.. tree.GetProperty("nodes").EnumerateArray()
            .Where(n => !n.GetProperty("ignored").GetBoolean())
            .Select(n => (Value(n, "role"), Value(n, "name").Trim()))
            .Where(n => _controls.Contains(n.Item1))];

        static string Value(JsonElement node, string name) => node.TryGetProperty(name, out var holder) && holder.TryGetProperty("value", out var value) ? value.ToString() : "";
    }

    private static readonly HashSet<string> _controls =
    [
        "button", "link", "textbox", "searchbox", "spinbutton", "combobox", "checkbox", "radio", "tab", "slider", "switch", "DisclosureTriangle",
        "dialog", "region", "navigation", "image", "figure", "table", "progressbar", "meter",
    ];
}
