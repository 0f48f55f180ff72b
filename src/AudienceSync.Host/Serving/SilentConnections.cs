using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace AudienceSync.Host.Serving;

/// <summary>
/// Closes a connection on which nothing arrives: the server itself waits as long for the first request as between two, and connections that
/// stay silent would keep everyone else out for that long. After the first byte it costs nothing.
/// </summary>
internal static class SilentConnections
{
    public static void Close(ListenOptions listener)
    {
        var clock = listener.ApplicationServices.GetService<TimeProvider>() ?? TimeProvider.System;
        listener.Use(next =>
            async connection =>
            {
                if (await HasBegunAsync(connection, clock))
                {
                    await next(connection);
                }
            }
        );
    }

    private static async Task<bool> HasBegunAsync(ConnectionContext connection, TimeProvider clock)
    {
        var stopping =
            connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? CancellationToken.None;
        using var deadline = new CancellationTokenSource(ConnectionLimits.FirstRequest, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stopping);
        try
        {
            var first = await connection.Transport.Input.ReadAsync(either.Token);
            connection.Transport.Input.AdvanceTo(first.Buffer.Start); // Only examined: the server reads it again.
            return true;
        }
        catch (OperationCanceledException)
        {
            return false; // Silent for too long, or the server stops.
        }
        catch (IOException)
        {
            return false; // Reset by the client.
        }
    }
}
