using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using AudienceSync.Host.Tests.Serving;
using AudienceSync.Host.Tests.Simulation;

namespace AudienceSync.Host.Tests.Attack;

/// <summary>One run: senders that retry until they succeed, while the processes that serve them are killed.</summary>
internal sealed class KillRun : IAsyncDisposable
{
    private const int Connections = 16;
    private const int EventsPerRequest = 12;

    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BeforeRetry = TimeSpan.FromMilliseconds(100);

    private readonly KillPlan _plan;
    private readonly KillStage _stage;
    private readonly KillEvents _events;
    private readonly ConcurrentDictionary<string, Guid> _receipts = new(StringComparer.Ordinal);
    private readonly Random _random;
    private HostProcess? _host;
    private int _acknowledged;
    private int _unanswered;
    private int _refused;

    private KillRun(KillPlan plan, KillStage stage)
    {
        _plan = plan;
        _stage = stage;
        _random = new Random(plan.Seed);
        _events = new KillEvents(plan, stage.Audiences, TimeProvider.System.GetUtcNow());
    }

    private string Where =>
        $"seed {_plan.Seed}, {Volatile.Read(ref _acknowledged)} of {_plan.Events} acknowledged; "
        + $"{_host?.Log[Math.Max(0, _host.Log.Length - 3_000)..]}";

    public static async Task<KillRun> StartAsync(KillPlan plan)
    {
        var run = new KillRun(plan, await KillStage.StartAsync());
        try
        {
            run._host = await run._stage.HostAsync(Lease);
            return run;
        }
        catch
        {
            await run.DisposeAsync();
            throw;
        }
    }

    /// <summary>Returns when every event was acknowledged and every kill was done.</summary>
    public async Task SendAndKillAsync()
    {
        var left = new ConcurrentQueue<KillEvent[]>(Batches());
        using var timeout = new CancellationTokenSource(_plan.TimeLimit);
        var sending = Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(() => SendAsync(left, timeout.Token))));
        await KillAsync(sending, timeout.Token);
        await sending.OrTimeoutAsync(Where, _plan.TimeLimit);
    }

    /// <summary>A summary of the run for its record.</summary>
    public string Figures =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"seed {_plan.Seed}: {_acknowledged} events acknowledged; "
                + $"SIGKILL of the Host {_plan.HostKills}, of PostgreSQL {_plan.ServerKills}; "
                + $"requests without a response {_unanswered}, with 503 {_refused}"
        );

    /// <summary>Every acknowledged event is in the log once, there are no others, and every list equals the fold.</summary>
    /// <returns>What was compared.</returns>
    public async Task<string> CheckAsync()
    {
        _receipts.Count.ShouldBe(_plan.Events, "every event has its receipt");
        await Deadline.UntilAsync(IsQuietAsync, () => Where, _plan.TimeLimit);
        var logged = await _stage.LoggedAsync();
        _receipts.Values.Except(logged).Count().ShouldBe(0, "lost");
        (logged.Count - logged.Distinct().Count()).ShouldBe(0, "duplicated");
        logged.Except(_receipts.Values).Count().ShouldBe(0, "in the log without an acknowledgement");
        var members = new List<int>();
        for (var audience = 0; audience < _stage.Audiences.Count; audience++)
        {
            var held = await _stage.HeldAsync(audience);
            var expected = _events.Expected(audience);
            (expected.Except(held).Count(), held.Except(expected).Count()).ShouldBe(
                (0, 0),
                $"missing and too many on list {audience}, seed {_plan.Seed}"
            );
            members.Add(held.Count);
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"lost 0, duplicated 0, in the log {logged.Count}; lists equal to the fold, members: {string.Join(", ", members)}"
        );
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        await _stage.DisposeAsync();
    }

    private async Task<bool> IsQuietAsync()
    {
        using var response = await _host!.Operator.GetAsync("/v1/status");
        return response.IsSuccessStatusCode && (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("quiet").GetBoolean();
    }

    private IEnumerable<KillEvent[]> Batches()
    {
        for (var begin = 0; begin < _events.All.Count; )
        {
            var size = 1 + _random.Next(EventsPerRequest);
            yield return [.. _events.All.Skip(begin).Take(size)];
            begin += size;
        }
    }

    private async Task SendAsync(ConcurrentQueue<KillEvent[]> left, CancellationToken timeout)
    {
        while (left.TryDequeue(out var batch))
        {
            var body = _events.Body(batch);
            while (await TrySendAsync(body, timeout) is var receipts)
            {
                timeout.ThrowIfCancellationRequested();
                if (receipts is not null)
                {
                    StoreReceipts(batch, receipts);
                    break;
                }

                await RealTime.PassAsync(BeforeRetry);
            }
        }
    }

    // An event keeps its receipt forever, whichever Host gives it.
    private void StoreReceipts(KillEvent[] batch, IReadOnlyList<Guid> receipts)
    {
        foreach (var (one, receipt) in batch.Zip(receipts))
        {
            _receipts.GetOrAdd(one.Id, receipt).ShouldBe(receipt);
        }

        Interlocked.Add(ref _acknowledged, batch.Length);
    }

    private async Task<IReadOnlyList<Guid>?> TrySendAsync(string body, CancellationToken timeout)
    {
        try
        {
            using var request = Webhook.Signed(body, TimeProvider.System.GetUtcNow());
            using var response = await Volatile.Read(ref _host)!.Http.SendAsync(request, timeout);
            var answer = await Answer.ReadAsync(response);
            if (answer is { Status: 503, Code: "storage_down" or "storage_slow" or "queue_full" or "shutting_down" })
            {
                Interlocked.Increment(ref _refused);
                return null; // A sender that follows docs/webhook.md sends the same request again.
            }

            answer.Status.ShouldBe(200, answer.Text);
            return [.. answer.Results.Select(result => result.GetProperty("receipt_id").GetGuid())];
        }
        catch (Exception gone) when (gone is HttpRequestException or ObjectDisposedException or IOException or OperationCanceledException)
        {
            timeout.ThrowIfCancellationRequested();
            Interlocked.Increment(ref _unanswered);
            return null; // Killed meanwhile: the outcome is unknown to the sender.
        }
    }

    private async Task KillAsync(Task sending, CancellationToken timeout)
    {
        var kills = Enumerable.Repeat(true, _plan.HostKills).Concat(Enumerable.Repeat(false, _plan.ServerKills)).ToArray();
        _random.Shuffle(kills);
        for (var kill = 0; kill < kills.Length; kill++)
        {
            // Spread over the sending, each at a random moment.
            var at = (int)(_plan.Events * (kill + 0.2 + (_random.NextDouble() * 0.6)) / (kills.Length + 1));
            await Deadline.UntilAsync(() => Volatile.Read(ref _acknowledged) >= at || sending.IsCompleted, () => Where, _plan.TimeLimit);
            timeout.ThrowIfCancellationRequested();
            if (sending.IsFaulted)
            {
                await sending; // The error of a sender is reported first.
            }

            sending.IsCompleted.ShouldBeFalse($"every kill must happen while a sender is active; {Where}");

            if (kills[kill])
            {
                await _host!.DisposeAsync();
                Volatile.Write(ref _host, await _stage.HostAsync(Lease));
            }
            else
            {
                await _stage.KillServerAsync();
            }
        }
    }
}
