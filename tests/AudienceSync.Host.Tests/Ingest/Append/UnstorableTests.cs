using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Tests.Workspaces;
using Microsoft.Extensions.Logging.Abstractions;

namespace AudienceSync.Host.Tests.Ingest.Append;

public sealed class UnstorableTests
{
    [Theory]
    [InlineData("{")]
    [InlineData("""{"audienceKey":"k0_v1\u0000"}""")]
    [InlineData("")]
    public async Task Content_the_database_refuses_fails_only_its_own_request(string data)
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        await using var host = new RunningCommit(workspace);
        var bad = workspace.Webhooks.Add("bad", TestWorkspace.Start, "bad") with { Data = System.Text.Encoding.UTF8.GetBytes(data) };
        var sent = Enumerable
            .Range(0, 64)
            .Select(n => host.SendEventAsync(n == 37 ? bad : workspace.Webhooks.Add($"e{n}", TestWorkspace.Start, $"c{n}")))
            .ToList();

        var results = await Task.WhenAll(sent);

        results[37].ShouldBe(AppendResult.Unstorable);
        results.Count(result => result == AppendResult.Committed).ShouldBe(63);
        (await workspace.AskAsync<long>("select count(*) from people")).ShouldBe(63, "nothing of the bad event was kept");
        await LogChecks.VerifyAsync(workspace);
    }

    [Fact]
    public async Task A_person_whose_identifiers_cannot_be_opened_does_not_stop_the_log()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        await using var host = new RunningCommit(workspace);
        await host.SendEventAsync(workspace.Webhooks.Add("first", TestWorkspace.Start, "broken"));
        await workspace.ExecuteAsync("update vault set cipher = set_byte(cipher, 40, get_byte(cipher, 40) # 1)");
        var sent = Enumerable
            .Range(0, 16)
            .Select(n =>
                host.SendEventAsync(workspace.Webhooks.Add($"e{n}", TestWorkspace.Start, n == 5 ? "broken" : $"c{n}", $"m{n}@shop.example"))
            )
            .ToList();

        var results = await Task.WhenAll(sent);

        results[5].ShouldBe(AppendResult.Unstorable);
        results.Count(result => result == AppendResult.Committed).ShouldBe(15);
    }

    /// <summary>
    /// The append creates the day's partition, and the sender does not wait for it: no event may end in quarantine because it is missing.
    /// </summary>
    [Fact]
    public async Task A_missing_body_partition_is_created_by_the_append_that_needs_it()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        await using var host = new RunningCommit(workspace);
        workspace.Clock.Advance(TimeSpan.FromDays(30));

        (await host.SendEventAsync(workspace.Webhooks.Add("e", TestWorkspace.Start, "c"))).ShouldBe(AppendResult.Committed);
    }
}
