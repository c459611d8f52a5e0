using Microsoft.Playwright;

namespace MuseCluster.EndToEnd.Tests.Pages;

/// <summary>A silo, and Debian's browser to look at its page with.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private const string Path = "/usr/bin/chromium";
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>The silo.</summary>
    public RunningGateway Gateway { get; } = new();

    public async Task InitializeAsync()
    {
        Assert.True(File.Exists(Path), $"there is no {Path}: ./test installs it");
        Assertions.SetDefaultExpectTimeout((float)RunningGateway.Patience.TotalMilliseconds);
        await Gateway.InitializeAsync();
        _playwright = await Playwright.CreateAsync();
        // The sandbox of Chromium does not start as root, as in a container; the page is ours.
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Path, Args = ["--no-sandbox"] });
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        await Gateway.DisposeAsync();
    }

    /// <summary>Opens the page as a person who has entered a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="width">Of the window: 1280 as on a desk, 390 as in a hand.</param>
    /// <param name="view">The view, as in the address.</param>
    public async Task<OpenedPage> OpenAsync(string key, int width, string view = "generate")
    {
        var context = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = Gateway.Address,
            ViewportSize = new ViewportSize { Width = width, Height = width < 600 ? 844 : 860 },
            HasTouch = width < 600,
            ColorScheme = ColorScheme.Light,
            ReducedMotion = ReducedMotion.Reduce,
        });
        context.SetDefaultTimeout((float)RunningGateway.Patience.TotalMilliseconds);
        var page = await context.NewPageAsync();
        var opened = new OpenedPage(page);
        await page.AddInitScriptAsync($"localStorage.setItem('muse.key', '{key}')");
        await page.GotoAsync($"/#{view}");
        return opened;
    }
}
