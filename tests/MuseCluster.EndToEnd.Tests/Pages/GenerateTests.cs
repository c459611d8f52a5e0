using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace MuseCluster.EndToEnd.Tests.Pages;

[Collection("page")]
public sealed class GenerateTests(Chromium chromium)
{
    [Theory]
    [InlineData(1280)]
    [InlineData(390)]
    public async Task A_picture_is_seen_forming_is_in_the_gallery_and_is_made_again_to_the_byte(int width)
    {
        await using var opened = await chromium.OpenAsync(await chromium.Gateway.KeyAsync(), width);
        var page = opened.Page;
        await opened.FillAsync("a red circle above a blue square", seed: 7, steps: 200);
        await opened.WatchPicturesAsync();
        await opened.MakeAsync();
        await Expect(opened.Finished).ToHaveCountAsync(1);
        var shown = await opened.ShownAsync();
        Assert.True(shown.Where(s => s.StartsWith("data:image/png", StringComparison.Ordinal)).Distinct().Count() >= 3, $"{shown.Length} pictures were shown");
        Assert.Contains("/v1/artifacts/", shown[^1], StringComparison.Ordinal);
        var bytes = await opened.BytesAsync(opened.Finished);

        await page.GetByRole(AriaRole.Link, new() { Name = "Gallery", Exact = true }).ClickAsync();
        var cards = page.GetByRole(AriaRole.List, new() { Name = "Pictures" }).Locator(".card");
        await Expect(cards).ToHaveCountAsync(1);
        Assert.Equal(bytes, await opened.BytesAsync(cards.Locator("img")));
        await page.GetByRole(AriaRole.Button, new() { Name = "Open large: a red circle above a blue square" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("200");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make it again", Exact = true }).ClickAsync();

        await Expect(page.Locator(".run")).ToHaveCountAsync(2);
        await Expect(opened.Finished).ToHaveCountAsync(1);
        Assert.Equal(bytes, await opened.BytesAsync(opened.Finished));
    }

    [Fact]
    public async Task The_keyboard_is_enough()
    {
        await using var opened = await chromium.OpenAsync(await chromium.Gateway.KeyAsync(), 1280);
        var page = opened.Page;
        var prompt = page.GetByLabel("Prompt", new() { Exact = true });
        await Expect(prompt).ToBeVisibleAsync();
        var presses = 0;
        while (!await prompt.EvaluateAsync<bool>("e => e === document.activeElement"))
        {
            Assert.True(++presses <= 10, "the tenth Tab had not reached the prompt");
            await page.Keyboard.PressAsync("Tab");
        }
        await page.Keyboard.TypeAsync("a green triangle");
        await page.Keyboard.PressAsync("Control+Enter");
        // As many as the form proposes.
        await Expect(opened.Finished).ToHaveCountAsync(4);
        await Expect(opened.Newest.GetByRole(AriaRole.Heading)).ToHaveTextAsync("a green triangle");
    }

    [Fact]
    public async Task A_wrong_field_is_told_where_it_is_and_gets_the_focus()
    {
        await using var opened = await chromium.OpenAsync(await chromium.Gateway.KeyAsync(), 1280);
        var page = opened.Page;
        await opened.MakeAsync();
        await Expect(page.GetByLabel("Prompt", new() { Exact = true })).ToBeFocusedAsync();
        await Expect(page.GetByText("Say what you want to see.")).ToBeVisibleAsync();
        await opened.FillAsync("<img src=x onerror=alert(1)>", steps: 1);
        await opened.MakeAsync();
        await Expect(opened.Finished).ToHaveCountAsync(1);
        await Expect(opened.Newest.GetByRole(AriaRole.Heading)).ToHaveTextAsync("<img src=x onerror=alert(1)>");
    }
}

/// <summary>One silo and one browser for all tests of the page.</summary>
[CollectionDefinition("page")]
public sealed class PageCollection : ICollectionFixture<Chromium>;
