using AudienceSync.Sandbox.Admin;
using AudienceSync.Sandbox.Faults;

namespace AudienceSync.Sandbox.Meta;

/// <summary>
/// <c>POST</c> and <c>DELETE /{version}/{audience_id}/users</c>, contract 6. The order of checks: token, proof, budget, audience,
/// scripted fault, terms, body, running replacement, schema form. An error in any of them applies nothing.
/// </summary>
internal sealed class UsersEdge(MetaPlatform platform, MetaFaults faults, CallLog calls, TimeProvider clock)
{
    public async Task HandleAsync(HttpContext context)
    {
        var id = (string)context.Request.RouteValues["audience"]!;
        using var parameters = await GraphParameters.ReadAsync(context.Request);
        var (operation, methodError) = OperationOf(context.Request, parameters);
        var audience = platform.FindAudience(id);
        var now = clock.GetUtcNow();
        var call = new MetaCall(context, platform, calls, now, id)
        {
            Operation = operation == FaultOperation.Add ? "add" : "remove",
            TargetExists = audience is not null,
        };
        if (Admission.Admit(call, context.Request, parameters, platform, (id, audience?.Account), now) is { } refused)
        {
            await call.RefuseAsync(refused);
            return;
        }

        using var upload = new UsersUpload();
        var error =
            Admission.CheckTerms(audience!.Account)
            ?? methodError
            ?? parameters.Error
            ?? parameters.ValidateWrite(
                context.Request,
                id,
                audience.Account.Settings.MethodOverride,
                "payload",
                "session",
                "namespace",
                "customer_consent"
            )
            ?? UsersPayload.Read(parameters, upload);
        call.Rows = upload.Received;
        await RespondAsync(call, audience, operation, upload, error);
    }

    private async Task RespondAsync(MetaCall call, MetaAudience audience, FaultOperation operation, UsersUpload upload, GraphError? error)
    {
        var (fault, ended) = await faults.InjectAsync(call, audience, operation);
        if (ended)
        {
            return;
        }

        error ??= audience.IsBeingReplaced(clock.GetUtcNow()) ? GraphError.ReplaceRunning : null;
        if ((error ?? audience.Accept(upload.Form, operation == FaultOperation.Add)) is { } refusal)
        {
            await call.RefuseAsync(refusal);
            return;
        }

        MetaFaults.ApplyFault(upload, fault);
        var received = Apply(call, audience, operation, upload);
        await call.CompleteAsync(() =>
            call.RespondAsync(json =>
                UsersResponse.Write(json, platform, ("audience_id", audience.Id), upload, received, audience.NextEmptySamplesAreAnArray)
            )
        );
    }

    /// <returns>num_received: for the session so far, or for this call when there is no session.</returns>
    private long Apply(MetaCall call, MetaAudience audience, FaultOperation operation, UsersUpload upload)
    {
        var (received, open) = upload.Session is { } session
            ? audience.Join(session.SessionId, upload.Received, clock.GetUtcNow())
            : (upload.Received, true);
        var (applied, removed) = (open, operation) switch
        {
            // A batch of a closed session is silently ignored (contract 15.4).
            (false, _) => (0, 0),
            (_, FaultOperation.Add) => (audience.List.Add(upload.Rows), 0),
            _ => (0, audience.List.Remove(upload.Rows)),
        };
        if (applied + removed > 0)
        {
            audience.UpdateContent(clock.GetUtcNow());
        }

        call.Effect = new CallEffect(applied, removed, upload.Invalid, upload.EmptyHashes);
        return received;
    }

    private static (FaultOperation Operation, GraphError? Error) OperationOf(HttpRequest request, GraphParameters parameters) =>
        (request.Method, parameters.Text("method")?.ToUpperInvariant()) switch
        {
            ("DELETE", null or "DELETE") => (FaultOperation.Remove, null),
            ("POST", null or "POST") => (FaultOperation.Add, null),
            ("POST", "DELETE") => (FaultOperation.Remove, null),
            _ => (FaultOperation.Add, GraphError.Invalid("The parameter method must be delete or post.")),
        };
}
