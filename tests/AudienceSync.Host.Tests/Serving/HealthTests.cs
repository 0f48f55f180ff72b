namespace AudienceSync.Host.Tests.Serving;

public sealed class HealthTests
{
    [Fact]
    public async Task A_host_is_ready_only_while_its_storage_responds_and_always_live()
    {
        await using var host = await TestHost.StartAsync();
        (await StatusAsync(host, "/health/ready")).ShouldBe(200);
        await using (await Outage.StartAsync(host.Database))
        {
            (await StatusAsync(host, "/health/ready")).ShouldBe(503);
            (await StatusAsync(host, "/health/live")).ShouldBe(200);
        }

        (await StatusAsync(host, "/health/ready")).ShouldBe(200);
    }

    private static async Task<int> StatusAsync(TestHost host, string path)
    {
        using var response = await host.Http.GetAsync(path);
        return (int)response.StatusCode;
    }
}
