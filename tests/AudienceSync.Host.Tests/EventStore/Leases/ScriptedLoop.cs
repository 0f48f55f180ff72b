using System.Runtime.CompilerServices;
using System.Threading.Channels;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;
using Microsoft.Extensions.Logging;

namespace AudienceSync.Host.Tests.EventStore.Leases;

/// <summary>A leased loop whose turns a test provides, and which reports each of them.</summary>
internal sealed class ScriptedLoop(LeaseStore leases, Wake wake, TimeProvider clock, ILogger logger)
    : LeasedLoop(LeaseName, "Work", leases, wake, clock, logger)
{
    public const string LeaseName = "work";

    public static readonly TimeSpan IdleTime = TimeSpan.FromHours(1);

    public static readonly TimeSpan RetryTime = TimeSpan.FromMinutes(1);

    private readonly Channel<long> _turns = Channel.CreateUnbounded<long>();

    /// <summary>What a turn does; null when nothing is left.</summary>
    public Func<Lease, CancellationToken, Task<TurnPause?>> Turn { get; set; } = (_, _) => Task.FromResult<TurnPause?>(null);

    public bool HasWork { get; set; } = true;

    /// <summary>How often it looked for work.</summary>
    public int Looks { get; private set; }

    protected override TimeSpan Idle => IdleTime;

    protected override TimeSpan Retry => RetryTime;

    /// <summary>The fences of the next turns that begin.</summary>
    public async Task<List<long>> TurnsAsync(int count)
    {
        var fences = new List<long>();
        while (fences.Count < count)
        {
            fences.Add(await _turns.Reader.ReadAsync().AsTask().OrTimeoutAsync("a turn"));
        }

        return fences;
    }

    protected override Task<bool> HasWorkAsync(CancellationToken cancellationToken)
    {
        Looks++;
        return Task.FromResult(HasWork);
    }

    protected override async IAsyncEnumerable<TurnPause> WorkAsync(
        Lease lease,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        while (!cancellationToken.IsCancellationRequested && await TurnAsync(lease, cancellationToken) is { } pause)
        {
            yield return pause;
        }
    }

    private async Task<TurnPause?> TurnAsync(Lease lease, CancellationToken cancellationToken)
    {
        await _turns.Writer.WriteAsync(lease.Fence, CancellationToken.None);
        return await Turn(lease, cancellationToken);
    }
}
