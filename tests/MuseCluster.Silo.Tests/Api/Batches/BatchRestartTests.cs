using MuseCluster.Tests.Shared;

namespace MuseCluster.Silo.Tests.Api.Batches;

public sealed class BatchRestartTests
{
    [Fact]
    public async Task A_restart_in_the_middle_loses_nothing_and_answers_each_line_once()
    {
        var silo = new GatewayFixture();
        await silo.InitializeAsync();
        try
        {
            var validated = await BatchCalls.SubmitAsync(silo.Http, await BatchCalls.UploadAsync(silo.Http, BatchText.Of(60, steps: 4)));
            do
                validated = await BatchCalls.WaitAsync(silo.Http, validated, "in_progress");
            while ((int)validated["request_counts"]!["completed"]! == 0);
            var fresh = await BatchCalls.SubmitAsync(silo.Http, await BatchCalls.UploadAsync(silo.Http, BatchText.Of(3)));
            await silo.StopAsync();
            await silo.StartAsync();
            foreach (var (batch, count) in new[] { (validated, 60), (fresh, 3) })
            {
                var done = await BatchCalls.WaitAsync(silo.Http, batch, "completed", "failed");
                Assert.Equal(count, (int)done["request_counts"]!["completed"]!);
                Assert.Equal(Enumerable.Range(0, count).Select(i => $"line-{i}"), (await BatchCalls.LinesAsync(silo.Http, done["output_file_id"])).Select(line => (string)line["custom_id"]!));
            }
            Assert.Equal(2, (await silo.Ledger.GetJobsAsync(null, 9)).Count);
        }
        finally
        {
            await silo.DisposeAsync();
        }
    }
}
