using System.Text.RegularExpressions;
using Microsoft.Playwright;
using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Work;
using static Microsoft.Playwright.Assertions;

namespace MuseCluster.EndToEnd.Tests.Pages;

[Collection("page")]
public sealed partial class JobTests(Chromium chromium)
{
    [Theory]
    [InlineData(1280)]
    [InlineData(390)]
    public async Task A_job_of_several_pictures_is_cancelled_once_that_is_confirmed(int width)
    {
        await using var opened = await chromium.OpenAsync(await chromium.Gateway.KeyAsync(), width);
        var page = opened.Page;
        await opened.FillAsync("a yellow ring", pictures: 10, steps: 1000);
        await opened.MakeAsync();
        await opened.Newest.GetByRole(AriaRole.Link, new() { Name = "Show the job" }).ClickAsync();
        var row = page.Locator(".job:not(.waiting)");
        await row.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        var question = page.GetByRole(AriaRole.Dialog, new() { Name = "Cancel this job?" });
        await question.GetByRole(AriaRole.Button, new() { Name = "Keep going" }).ClickAsync();
        await Expect(question).ToHaveCountAsync(0);
        await Expect(row.Locator(".job-head .pill")).ToHaveTextAsync("Running");
        await row.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await question.GetByRole(AriaRole.Button, new() { Name = "Cancel the job" }).ClickAsync();
        await Expect(row.Locator(".job-head .pill")).ToHaveTextAsync("Cancelled");
        await Expect(row.Locator(".job-counts")).ToHaveTextAsync("0 of 10 done · 10 cancelled");
        await Expect(row.GetByRole(AriaRole.Button, new() { Name = "Cancel" })).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Link, new() { Name = "Generate", Exact = true }).ClickAsync();
        await Expect(opened.Newest.Locator(".run-status")).ToHaveTextAsync("Cancelled: 0 of 10 pictures made");
    }

    [Theory]
    [InlineData(1280)]
    [InlineData(390)]
    public async Task A_failed_item_tells_why_and_is_retried(int width)
    {
        // Its other job takes all that it may have, so that an item can be ended before it starts.
        var key = await chromium.Gateway.KeyAsync(new TenantLimits { MaxRunning = 1 });
        using var http = chromium.Gateway.ClientWith(key);
        var busy = await RunningGateway.SubmitAsync(http, "interactive", new { prompt = "a white star", steps = 1000 });
        await RunningGateway.WaitAsync(http, busy, j => (int)j["counts"]!["running"]! == 1);
        var job = await RunningGateway.SubmitAsync(http, "batch", new { prompt = "a purple star", n = 2, steps = 2, sr_steps = 1 });
        await chromium.Gateway.Ledger.EndAsync([Outcome.Failed(new ItemId(Guid.ParseExact(job, "N"), 1), "the star was poisonous")]);
        await http.PostAsync($"jobs/{busy}/cancel", null);
        await RunningGateway.WaitAsync(http, job, j => (string)j["status"]! == "failed");

        await using var opened = await chromium.OpenAsync(key, width, $"jobs/{job}");
        var row = opened.Page.Locator(".job").Filter(new() { Has = opened.Page.Locator($"#job-{job}") });
        await Expect(row.Locator(".job-head .pill")).ToHaveTextAsync("Failed");
        await Expect(row.Locator(".item").Nth(1)).ToContainTextAsync("the star was poisonous");
        await row.GetByRole(AriaRole.Button, new() { Name = "Retry failed" }).ClickAsync();
        await Expect(row.Locator(".job-head .pill")).ToHaveTextAsync("Done");
        await Expect(row.Locator(".job-counts")).ToHaveTextAsync("2 of 2 done");
        await Expect(row.Locator(".item").Nth(1).Locator("img")).ToBeVisibleAsync();
        await Expect(row.GetByText("the star was poisonous")).ToHaveCountAsync(0);
    }

    [Theory]
    [InlineData(1280)]
    [InlineData(390)]
    public async Task The_cluster_shows_its_silos_and_draws_how_fast_it_goes(int width)
    {
        await using var opened = await chromium.OpenAsync(await chromium.Gateway.KeyAsync(), width, "cluster");
        foreach (var role in new[] { "Gateway", "Text", "Base", "Super-resolution", "Pixels" })
            await Expect(opened.Page.GetByRole(AriaRole.Region, new() { Name = role, Exact = true })).ToContainTextAsync(chromium.Gateway.Settings.Name);
        // A line wants two measurements.
        await Expect(opened.Page.GetByRole(AriaRole.Figure, new() { Name = "Load" }).Locator(".plot-line")).ToHaveAttributeAsync("d", Line());
        await Expect(opened.Page.GetByRole(AriaRole.Img, new() { Name = "Load over" })).ToBeVisibleAsync();
    }

    [GeneratedRegex("^M.+L.+")]
    private static partial Regex Line();
}
