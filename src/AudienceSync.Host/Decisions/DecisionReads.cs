namespace AudienceSync.Host.Decisions;

/// <summary>
/// Reads the people of several questions in one statement: what starting a statement costs is much more than what one more person in it
/// costs. A question that comes alone is read at once; those that come while others are read wait for the next statement, and are read
/// together.
/// <para>
/// <b>Limits.</b> A few statements at a time: the connections are those of the projector and the lanes, and decisions that wait for a lock
/// must leave some to them. A statement is canceled when everyone who waits for it has given up, so a server that hangs does not hold the
/// questions that come later. A question whose asker has given up is not read.
/// </para>
/// </summary>
internal sealed class DecisionReads(DecisionQueries queries)
{
    private const int StatementsAtOnce = 3;

    private const int QuestionsPerStatement = 32;

    private readonly Lock _lock = new();
    private readonly Queue<Waiting> _waiting = new();
    private int _running;

    /// <summary>Reads; in one moment of the log with the other questions of its statement.</summary>
    public async Task<StoredPeople> ReadAsync(PersonQuestion question, CancellationToken cancellationToken)
    {
        var waiting = new Waiting(question, cancellationToken);
        bool starts;
        lock (_lock)
        {
            _waiting.Enqueue(waiting);
            starts = _running < StatementsAtOnce;
            _running += starts ? 1 : 0;
        }

        if (starts)
        {
            _ = RunAsync();
        }

        return await waiting.Answer.Task.WaitAsync(cancellationToken);
    }

    // Its failures go to those who wait.
    private async Task RunAsync()
    {
        while (Take() is { Count: > 0 } together)
        {
            try
            {
                using var ending = new Ending(together);
                var stored = await queries.ReadAsync(PersonQuestion.Union([.. together.Select(one => one.Question)]), ending.Token);
                together.ForEach(one => one.Answer.TrySetResult(together.Count == 1 ? stored : stored.Of(one.Question)));
            }
            catch (Exception failure)
            {
                together.ForEach(one => one.Answer.TrySetException(failure));
            }
        }
    }

    // None when nobody waits: then this runner has ended, and the next question starts another.
    private List<Waiting> Take()
    {
        var together = new List<Waiting>();
        lock (_lock)
        {
            while (together.Count < QuestionsPerStatement && _waiting.TryDequeue(out var waiting))
            {
                if (!waiting.GaveUp.IsCancellationRequested)
                {
                    together.Add(waiting);
                }
            }

            _running -= together.Count == 0 ? 1 : 0;
        }

        return together;
    }

    private sealed record Waiting(PersonQuestion Question, CancellationToken GaveUp)
    {
        public TaskCompletionSource<StoredPeople> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Ends a statement when all who wait for it have given up.</summary>
    private sealed class Ending : IDisposable
    {
        private readonly CancellationTokenSource _end = new();
        private readonly List<CancellationTokenRegistration> _registrations = [];
        private int _left;

        public Ending(List<Waiting> together)
        {
            _left = together.Count;
            _registrations.AddRange(together.Select(one => one.GaveUp.Register(OneLess)));
        }

        public CancellationToken Token => _end.Token;

        public void Dispose()
        {
            // Waits for a callback that runs, so none cancels what is disposed.
            _registrations.ForEach(registration => registration.Dispose());
            _end.Dispose();
        }

        private void OneLess()
        {
            if (Interlocked.Decrement(ref _left) == 0)
            {
                _end.Cancel();
            }
        }
    }
}
