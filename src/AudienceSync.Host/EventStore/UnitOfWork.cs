using System.Runtime.ExceptionServices;
using Marten;
using Npgsql;

namespace AudienceSync.Host.EventStore;

/// <summary>
/// A Marten session that appends. Its first operation takes the workspace's append lock and holds it until the commit; positions are drawn
/// after that. So position order is commit order for every writer, on every Host and in every other program: a cursor is one integer, and
/// no reader can pass a commit in flight.
/// <para>
/// <b>Two ways.</b> <see cref="Open"/> for appends that read nothing first: everything is one batch. <see cref="BeginAsync"/> for those
/// that read under the lock and then append, on <see cref="Connection"/>, in the same transaction.
/// </para>
/// <para>
/// <b>Held by the database</b>, not by convention: <c>append_lock()</c> marks the transaction, and a trigger refuses an insert into
/// <c>mt_events</c> without the mark (SQLSTATE AS003).
/// </para>
/// <para>
/// <b>Failures.</b> A session that is discarded before <see cref="CommitAsync"/> leaves nothing. When the response to the commit is lost,
/// it is unknown whether it happened: writers derive their event ids, so that the unique index refuses a repetition.
/// </para>
/// </summary>
public sealed class UnitOfWork : IAsyncDisposable
{
    private readonly AfterAppend _after;

    private UnitOfWork(IDocumentSession session, AfterAppend after) => (Session, _after) = (session, after);

    public IDocumentSession Session { get; }

    /// <summary>The session's connection, within its transaction.</summary>
    public NpgsqlConnection Connection => Session.Connection;

    /// <summary>
    /// A session that may append: stock <c>Append</c>, <c>StartStream</c> and <c>FetchForWriting</c>. Its caller saves it.
    /// </summary>
    /// <param name="store">A store configured by <see cref="WorkspaceEvents"/>.</param>
    public static IDocumentSession Open(IDocumentStore store)
    {
        var session = store.LightweightSession();
        session.QueueOperation(TakeLock(store));
        return session;
    }

    /// <summary>Begins a transaction and takes the lock.</summary>
    /// <exception cref="PostgresException">55P03: the lock was not available in time.</exception>
    internal static async Task<UnitOfWork> BeginAsync(IDocumentStore store, CancellationToken cancellationToken)
    {
        var after = new AfterAppend();
        var session = store.LightweightSession(new Marten.Services.SessionOptions { Listeners = { after } });
        try
        {
            // Queued, too: a session without operations would not commit what was written on its connection.
            var takeLock = TakeLock(store);
            session.QueueOperation(takeLock);
            await session.BeginTransactionAsync(cancellationToken);
            await using var batch = new NpgsqlBatch(session.Connection) { BatchCommands = { LockCommand(store) } };
            await batch.ExecuteNonQueryAsync(cancellationToken);
            return new UnitOfWork(session, after);
        }
        catch (Exception failure)
        {
            await session.DisposeAsync();
            Unwrap(failure);
            throw;
        }
    }

    /// <summary>Queues a statement that is executed after the appended events have their positions, before the commit.</summary>
    internal void AfterAppending(NpgsqlBatchCommand command) => _after.Commands.Add(command);

    /// <summary>Executes what is queued and commits.</summary>
    /// <exception cref="JasperFx.ConcurrencyException">A stream is not at its expected version.</exception>
    /// <exception cref="NpgsqlException">Storage refused or did not answer.</exception>
    internal Task CommitAsync(CancellationToken cancellationToken) => SaveAsync(Session, cancellationToken);

    /// <summary>Saves a session. Failures of the driver reach the caller as the driver raised them, not in Marten's wrapper.</summary>
    internal static async Task SaveAsync(IDocumentSession session, CancellationToken cancellationToken)
    {
        try
        {
            await session.SaveChangesAsync(cancellationToken);
        }
        catch (Exception failure)
        {
            Unwrap(failure);
            throw;
        }
    }

    public ValueTask DisposeAsync() => Session.DisposeAsync();

    private static SqlOperation TakeLock(IDocumentStore store) => new([LockCommand(store)]);

    private static NpgsqlBatchCommand LockCommand(IDocumentStore store) => new($"select {store.Options.DatabaseSchemaName}.append_lock()");

    private static void Unwrap(Exception failure)
    {
        if (failure is Marten.Exceptions.MartenCommandException { InnerException: { } inner })
        {
            ExceptionDispatchInfo.Throw(inner);
        }
    }

    // A session's own operations come before its appends; what follows from the positions must come after them.
    private sealed class AfterAppend : DocumentSessionListenerBase
    {
        public List<NpgsqlBatchCommand> Commands { get; } = [];

        public override Task BeforeSaveChangesAsync(IDocumentSession session, CancellationToken token)
        {
            if (Commands.Count > 0)
            {
                session.QueueOperation(new SqlOperation(Commands));
            }

            return Task.CompletedTask;
        }
    }
}
