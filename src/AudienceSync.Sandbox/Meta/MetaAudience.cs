using AudienceSync.Sandbox.Lists;

namespace AudienceSync.Sandbox.Meta;

/// <summary>A customer list as Meta sees it: its digests, the schema form that binds it, its upload sessions.</summary>
internal sealed class MetaAudience(string id, MetaAccount account, AudienceList list)
{
    /// <summary>A session closes by itself that long after its first batch (contract 7).</summary>
    private static readonly TimeSpan SessionLife = TimeSpan.FromMinutes(90);

    private readonly Lock gate = new();
    private readonly Dictionary<long, Session> sessions = [];
    private SchemaForm? filledBy;
    private long cleanAnswers;

    public string Id => id;

    public string Name => $"Sandbox audience {id}";

    public MetaAccount Account => account;

    public AudienceList List => list;

    public bool EverFilled
    {
        get
        {
            lock (gate)
            {
                return filledBy is not null;
            }
        }
    }

    /// <summary>Binds the audience to the form of its first add; another form later is refused with 2650 (contract 6.4).</summary>
    public GraphError? Accept(SchemaForm form, bool adding)
    {
        lock (gate)
        {
            if (filledBy is { } held && held != form)
            {
                return GraphError.MixedSource(held, form);
            }

            filledBy ??= adding ? form : null;
            return null;
        }
    }

    /// <summary>Rows received in the session so far, and whether this batch still counts.</summary>
    public (long Received, bool Open) Join(long sessionId, int rows, DateTimeOffset now)
    {
        lock (gate)
        {
            var session = sessions.GetValueOrDefault(sessionId, new Session(now, 0));
            sessions[sessionId] = session = session with { Received = session.Received + rows };
            return (session.Received, now < session.Start + SessionLife);
        }
    }

    /// <summary>Empty samples come as <c>{}</c> and as <c>[]</c> in turn: both were seen on the real platform (contract 6.2).</summary>
    public bool NextEmptySamplesAreAnArray()
    {
        lock (gate)
        {
            return cleanAnswers++ % 2 == 1;
        }
    }

    public void Reset()
    {
        lock (gate)
        {
            filledBy = null;
            cleanAnswers = 0;
            sessions.Clear();
        }
    }

    private sealed record Session(DateTimeOffset Start, long Received);
}
