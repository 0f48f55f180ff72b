using System.Data.Common;
using System.Net.Sockets;

namespace AudienceSync.Host.Telemetry;

/// <summary>
/// Logs the failures of one loop: a line when an outage begins, one an hour while it lasts, and one when it is over, however often the loop
/// retries. A failure of storage or network is one line of type and SQLSTATE. Anything else is a fault of the program: its stack trace is
/// logged once in an outage for each type. The waits between attempts grow. Safe for one thread at a time.
/// </summary>
/// <param name="what">The name of the loop in the lines.</param>
/// <param name="clock">Measures the outage.</param>
/// <param name="logger">Receives the lines.</param>
public sealed class OutageLog(string what, TimeProvider clock, ILogger logger)
{
    /// <summary>The wait after the first failure.</summary>
    public static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest wait, and so the longest delay between the recovery of storage and that of the loop.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan RemindEvery = TimeSpan.FromHours(1);

    private readonly HashSet<Type> _faults = [];
    private long _since;
    private long _remindedAt;
    private int _failures;

    /// <summary>Whether the last attempt failed.</summary>
    public bool IsOut => _failures > 0;

    /// <summary>Records a failed attempt. Returns how long to wait before the next.</summary>
    public TimeSpan Failed(Exception failure)
    {
        _failures++;
        var isFirst = _failures == 1;
        if (isFirst)
        {
            _since = _remindedAt = clock.GetTimestamp();
        }

        if (!IsStorage(failure))
        {
            if (_faults.Add(failure.GetType()))
            {
                logger.LogError(failure, "{What} failed; retrying until it succeeds", what);
            }
        }
        else if (isFirst)
        {
            logger.LogWarning("{What} interrupted: {Failure}; retrying until it succeeds", what, Describe(failure));
        }

        Remind(failure);
        return WaitAfter(_failures);
    }

    /// <summary>Records a successful attempt.</summary>
    public void Recovered()
    {
        if (_failures == 0)
        {
            return;
        }

        logger.LogInformation(
            "{What} recovered after {Seconds:0.0} s and {Failures} failed tries",
            what,
            clock.GetElapsedTime(_since).TotalSeconds,
            _failures
        );
        _failures = 0;
        _faults.Clear();
    }

    /// <summary>Type and SQLSTATE: no message, which may quote what was sent, and no stack trace.</summary>
    public static string Describe(Exception failure)
    {
        var cause = failure is DbException { SqlState: null, InnerException: { } inner } ? inner : failure;
        return cause is DbException { SqlState: { } state } ? $"{cause.GetType().Name} {state}" : cause.GetType().Name;
    }

    /// <summary>
    /// Whether a failure is due to the state of storage or network and not to a fault in the program: a connection that broke or was
    /// refused, a server that is starting, full or out of a resource, a lock or a lease that another process has.
    /// </summary>
    public static bool IsStorage(Exception failure) =>
        failure switch
        {
            DbException { SqlState: { } state } => state.Length == 5
                && state[..2] is "08" or "25" or "28" or "40" or "53" or "55" or "57" or "58" or "3D",
            DbException or TimeoutException or IOException or SocketException or ObjectDisposedException => true,
            InvalidOperationException { Source: "Npgsql" } => true, // A connection that broke between two commands.
            _ => false,
        };

    private static TimeSpan WaitAfter(int failures)
    {
        var doubled = FirstWait * (1L << Math.Min(failures - 1, 20));
        return doubled < LongestWait ? doubled : LongestWait;
    }

    private void Remind(Exception failure)
    {
        if (clock.GetElapsedTime(_remindedAt) >= RemindEvery)
        {
            _remindedAt = clock.GetTimestamp();
            logger.LogWarning(
                "{What} still interrupted after {Seconds:0} s and {Failures} failed tries: {Failure}",
                what,
                clock.GetElapsedTime(_since).TotalSeconds,
                _failures,
                Describe(failure)
            );
        }
    }
}
