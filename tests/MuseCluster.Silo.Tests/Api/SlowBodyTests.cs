using System.Net.Sockets;
using System.Text;
using MuseCluster.Tests.Shared;

namespace MuseCluster.Silo.Tests.Api;

public sealed class SlowBodyTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    [Fact]
    public async Task A_body_that_does_not_come_is_given_up_and_others_are_served_meanwhile()
    {
        using var patience = new CancellationTokenSource(GatewayFixture.Patience);
        var hanging = new List<TcpClient>();
        try
        {
            for (var i = 0; i < 50; i++)
            {
                var client = new TcpClient();
                await client.ConnectAsync(gateway.Http.BaseAddress!.Host, gateway.Http.BaseAddress.Port, patience.Token);
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"), patience.Token);
                hanging.Add(client);
            }
            Assert.True((await gateway.Http.GetAsync("models", patience.Token)).IsSuccessStatusCode);
            foreach (var client in hanging)
            {
                // The server says so, or just closes.
                using var reader = new StreamReader(client.GetStream());
                var answer = await reader.ReadLineAsync(patience.Token) ?? "";
                Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 408", StringComparison.Ordinal), answer);
            }
        }
        finally
        {
            foreach (var client in hanging)
                client.Dispose();
        }
    }
}
