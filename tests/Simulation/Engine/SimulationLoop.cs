namespace WsCluster.Tests.Simulation.Engine;

/// <summary>
/// Runs a whole cluster on one thread in virtual time. What is ready to run is a set, and the seed picks from it: every
/// order in which a thread pool might run the same work can come. When nothing is ready, time jumps to the next timer.
/// Everything that the product starts, awaits or waits for comes through here, so a seed always yields the same run.
/// </summary>
internal sealed class SimulationLoop : SynchronizationContext
{
    private const int MaxSteps = 400_000; // many times what a schedule takes; one that needs more never comes to rest

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    private readonly List<(SendOrPostCallback Work, object? State)> _ready = [];
    private readonly PriorityQueue<LoopTimer, (long At, int Tie)> _timers = new();
    private int _steps;

    public SimulationLoop(int seed)
    {
        Random = new Random(seed);
        Clock = new LoopClock(this);
        Scheduler = new LoopScheduler(this);
    }

    /// <summary>Decides everything that is left to chance.</summary>
    public Random Random { get; }

    /// <summary>The virtual time.</summary>
    public LoopClock Clock { get; }

    /// <summary>Runs tasks here.</summary>
    public TaskScheduler Scheduler { get; }

    /// <summary>Virtual ticks since the start.</summary>
    public long Now { get; private set; }

    /// <summary>Pieces of work done so far.</summary>
    public int Steps => _steps;

    /// <summary>The first broken invariant; the run ends with it.</summary>
    public SimulationFault? Fault { get; private set; }

    /// <summary>An invariant is broken: the run ends after the present step.</summary>
    public void Fail(string reason) => Fault ??= new SimulationFault(reason);

    public override void Post(SendOrPostCallback d, object? state) => _ready.Add((d, state));

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("Nothing here may block.");

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Runs <paramref name="body"/> with this loop as its thread's context.</summary>
    public void Enter(Action body)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            body();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    /// <summary>Runs until the condition holds; it is looked at every twentieth of a second. False when the time limit came first.</summary>
    public bool RunUntil(Func<bool> condition, TimeSpan limit)
    {
        for (var left = limit; left > TimeSpan.Zero; left -= LookEvery)
        {
            if (condition())
            {
                return true;
            }

            Run(LookEvery);
        }

        return condition();
    }

    /// <summary>Runs for a span of virtual time.</summary>
    public void Run(TimeSpan span)
    {
        var end = Now + span.Ticks;
        while (true)
        {
            RunReady();
            if (!_timers.TryPeek(out _, out var due) || due.At > end)
            {
                Now = end;
                return;
            }

            var timer = _timers.Dequeue();
            if (timer.IsDue(due.At))
            {
                Now = due.At;
                Step();
                timer.Fire();
            }
        }
    }

    internal void Schedule(LoopTimer timer, long at) => _timers.Enqueue(timer, (at, Random.Next()));

    private void RunReady()
    {
        while (_ready.Count > 0)
        {
            var index = _ready.Count == 1 ? 0 : Random.Next(_ready.Count);
            var (work, state) = _ready[index];
            _ready[index] = _ready[^1];
            _ready.RemoveAt(_ready.Count - 1);
            Step();
            work(state);
            if (Fault is { } fault)
            {
                throw fault;
            }
        }
    }

    private void Step()
    {
        if (++_steps > MaxSteps)
        {
            Fail($"no rest: {MaxSteps} steps done at {Clock}");
        }

        if (Fault is { } fault)
        {
            throw fault;
        }
    }

    private sealed class LoopScheduler(SimulationLoop loop) : TaskScheduler
    {
        protected override void QueueTask(Task task) => loop.Post(_ => TryExecuteTask(task), null);

        protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

        protected override IEnumerable<Task> GetScheduledTasks() => [];
    }
}
