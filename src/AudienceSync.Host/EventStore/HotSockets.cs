using System.Net.Sockets;
using System.Reflection;
using Npgsql;

namespace AudienceSync.Host.EventStore;

/// <summary>
/// Sockets of the path from a webhook to its commit and back: what they complete runs on the thread that saw it arrive, which saves a wake-up
/// of another thread for every answer. That is an eighth of the ingest throughput (docs/decisions/0008).
/// <para>
/// The framework's variable DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS does it for all sockets of a process, also for those of libraries
/// that block there (Wolverine does): such a thread waits for itself, and every connection with it. So it must stay unset, and only sockets
/// whose code awaits everything are chosen, by a property that the framework keeps for use by reflection. Where it is missing, sockets
/// complete on the thread pool as usual; <c>HotSocketsTests</c> fails.
/// </para>
/// </summary>
public static class HotSockets
{
    /// <summary>
    /// How many threads wait for sockets. Read by the framework at the first socket. By default it is one, on which all hot work would queue.
    /// </summary>
    public const string ThreadsVariable = "DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT";

    private const BindingFlags Hidden = BindingFlags.NonPublic | BindingFlags.Instance;

    private static readonly PropertyInfo? PreferInline = typeof(Socket).GetProperty("PreferInlineCompletions", Hidden);

    private static readonly PropertyInfo? Connector = typeof(NpgsqlConnection).GetProperty("Connector", Hidden);

    /// <summary>Chooses the socket.</summary>
    public static void Choose(Socket socket) => _ = socket;

    /// <summary>Chooses the socket of an open connection to PostgreSQL.</summary>
    public static void Choose(NpgsqlConnection connection)
    {
        if (SocketOf(connection) is { } socket)
        {
            Choose(socket);
        }
    }

    /// <summary>Whether the socket of an open connection was chosen.</summary>
    internal static bool IsChosen(NpgsqlConnection connection) => SocketOf(connection) is { } socket && IsChosen(socket);

    /// <summary>Whether the socket was chosen. Only its handle can be read.</summary>
    internal static bool IsChosen(Socket socket) =>
        typeof(SafeSocketHandle).GetProperty("PreferInlineCompletions", Hidden)?.GetValue(socket.SafeHandle) is true;

    private static Socket? SocketOf(NpgsqlConnection connection)
    {
        var connector = Connector?.GetValue(connection);
        return connector?.GetType().GetField("_socket", Hidden)?.GetValue(connector) as Socket;
    }
}
